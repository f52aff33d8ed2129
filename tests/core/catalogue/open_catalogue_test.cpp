// SPDX-License-Identifier: Apache-2.0
//
// Where a catalogue cannot be: each with its sentence, told before anything is written.

#include "core/catalogue/open_catalogue.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include <algorithm>
#include <deque>

namespace nightshift::tests {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::StartsWith;

constexpr const char* k_uri = "sqlite:catalogue.db";

// Both ways to ask give the same error.
JobError refusal(const fs::path& folder, const std::string& uri = k_uri) {
  const JobError checked = error_of([&] { check_catalogue(uri, folder); });
  JobError opened = error_of([&] { static_cast<void>(open_catalogue(uri, folder)); });
  EXPECT_EQ(checked.code(), opened.code());
  EXPECT_STREQ(checked.what(), opened.what());
  EXPECT_EQ(checked.error_class(), ErrorClass::permanent);
  return opened;
}

void make_catalogue(const fs::path& folder) {
  static_cast<void>(open_catalogue(k_uri, folder));
}

void run_sql(const fs::path& file, const char* sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open(file.c_str(), &database), SQLITE_OK);
  EXPECT_EQ(sqlite3_exec(database, sql, nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
}

TEST(OpenCatalogue, MakesTheFileReadableForAllAndWritableForItsOwner) {
  const TempDir folder;
  const mode_t mask = ::umask(022);
  const auto catalogue = open_catalogue(k_uri, folder.path());
  ::umask(mask);
  EXPECT_EQ(catalogue->describe(), "sqlite:" + (folder / "catalogue.db").native());

  struct stat status {};

  ASSERT_EQ(::stat((folder / "catalogue.db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0644U);
}

TEST(OpenCatalogue, LeavesOneFileBehind) {
  const TempDir folder;
  make_catalogue(folder.path());
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 1);
}

TEST(CheckCatalogue, CreatesNothing) {
  const TempDir folder;
  check_catalogue(k_uri, folder.path());
  check_catalogue(k_uri, folder / "still/to/be/made");
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(CheckCatalogue, AcceptsACatalogueInUse) {
  const TempDir folder;
  const auto catalogue = open_catalogue(k_uri, folder.path());
  check_catalogue(k_uri, folder.path());
  const auto second = open_catalogue(k_uri, folder.path());
}

TEST(OpenCatalogue, RefusesAnUnknownSchemeAndShowsNoPassword) {
  const TempDir folder;
  const JobError error = refusal(folder.path(), "oracle://user:secret@host/db");
  EXPECT_EQ(error.code(), "unsupported");
  EXPECT_STREQ(error.what(), "catalogue \"oracle…\": no such kind of catalogue; use sqlite:PATH");
}

TEST(OpenCatalogue, RefusesAFileThatIsNotSqlite) {
  for (const std::string& content : {std::string("hello"), std::string(5000, 'x')}) {
    const TempDir folder;
    folder.write("catalogue.db", content);
    const JobError error = refusal(folder.path());
    EXPECT_EQ(error.code(), "bad_data");
    EXPECT_EQ(error.what(), "cannot use catalogue " + (folder / "catalogue.db").native() +
                                ": the file is not an SQLite database; name another one");
  }
}

TEST(OpenCatalogue, TakesAnEmptyFile) {
  const TempDir folder;
  folder.write("catalogue.db", "");
  check_catalogue(k_uri, folder.path());
  make_catalogue(folder.path());
}

TEST(OpenCatalogue, RefusesADamagedFile) {
  const TempDir folder;
  make_catalogue(folder.path());
  fs::resize_file(folder / "catalogue.db", 20'000);
  const JobError error = error_of([&] { static_cast<void>(open_catalogue(k_uri, folder.path())); });
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_THAT(error.what(), HasSubstr("the file is damaged"));
}

TEST(OpenCatalogue, RefusesANewerOne) {
  const TempDir folder;
  make_catalogue(folder.path());
  run_sql(folder / "catalogue.db", "PRAGMA user_version = 99");
  const JobError error = refusal(folder.path());
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_THAT(error.what(), HasSubstr("a newer Nightshift wrote it (schema 99"));
}

TEST(OpenCatalogue, RefusesTheDatabaseOfAnotherProgram) {
  const TempDir folder;
  run_sql(folder / "catalogue.db", "PRAGMA application_id = 1; CREATE TABLE theirs (x)");
  const JobError error = refusal(folder.path());
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_THAT(error.what(), HasSubstr("a database of another program"));
}

TEST(OpenCatalogue, RefusesAFolderOrASpecialFileInItsPlace) {
  const TempDir folder;
  fs::create_directory(folder / "catalogue.db");
  EXPECT_EQ(refusal(folder.path()).code(), "cannot_create");
  EXPECT_THAT(refusal(folder.path()).what(), HasSubstr("a folder of that name"));

  fs::remove(folder / "catalogue.db");
  ASSERT_EQ(::mkfifo((folder / "catalogue.db").c_str(), 0600), 0);
  EXPECT_EQ(refusal(folder.path()).code(), "cannot_create");
  EXPECT_THAT(refusal(folder.path()).what(), HasSubstr("a special file"));
}

TEST(OpenCatalogue, RefusesAFolderThatIsNotThere) {
  const TempDir folder;
  const JobError error = refusal(folder.path(), "sqlite:nowhere/catalogue.db");
  EXPECT_EQ(error.code(), "cannot_create");
  EXPECT_THAT(error.what(), HasSubstr("nowhere: No such file or directory"));

  folder.write("file", "");
  EXPECT_EQ(refusal(folder.path(), "sqlite:file/catalogue.db").code(), "cannot_create");
}

TEST(OpenCatalogue, RefusesAFolderThatMayNotBeWrittenTo) {
  const TempDir folder;
  fs::permissions(folder.path(), fs::perms(0755));
  const AsNobody nobody;
  const JobError error = refusal(folder.path());
  EXPECT_EQ(error.code(), "denied");
  EXPECT_EQ(error.what(), "cannot use catalogue " + (folder / "catalogue.db").native() +
                              ": its folder " + folder.path().native() + ": Permission denied");
  EXPECT_EQ(error_of([&] { check_catalogue(k_uri, folder / "to/be/made"); }).code(), "denied");
}

TEST(OpenCatalogue, RefusesAFileThatMayNotBeWrittenTo) {
  const TempDir folder;
  make_catalogue(folder.path());
  fs::permissions(folder.path(), fs::perms(0777));
  fs::permissions(folder / "catalogue.db", fs::perms(0444));
  const AsNobody nobody;
  const JobError error = refusal(folder.path());
  EXPECT_EQ(error.code(), "denied");
  EXPECT_THAT(error.what(), HasSubstr("the file: Permission denied"));
}

TEST(OpenCatalogue, RefusesAReadOnlyFileSystem) {
  const SmallDisk disk(4U << 20U);
  make_catalogue(disk.path());
  disk.make_read_only();
  for (const char* uri : {k_uri, "sqlite:another.db"}) {
    const JobError error = refusal(disk.path(), uri);
    EXPECT_EQ(error.code(), "cannot_create");
    EXPECT_THAT(error.what(), HasSubstr("Read-only file system"));
  }
}

TEST(OpenCatalogue, SaysSoWhenTheDiskIsFull) {
  const SmallDisk disk(1U << 20U);
  disk.fill();
  const JobError error = error_of([&] { static_cast<void>(open_catalogue(k_uri, disk.path())); });
  EXPECT_EQ(error.code(), "no_space");
  EXPECT_THAT(error.what(), StartsWith("cannot use catalogue " + disk.path().native()));
}

TEST(OpenCatalogue, SeveralProcessesMayMakeItAtOnce) {
  const TempDir folder;
  for (int round = 0; round < 20; ++round) {
    const std::string uri = "sqlite:" + std::to_string(round) + ".db";
    std::deque<ChildProcess> children;
    for (int at = 0; at < 4; ++at) {
      children.emplace_back([&] { open_catalogue(uri, folder.path())->flush(); });
    }
    for (ChildProcess& child : children) {
      EXPECT_EQ(child.wait(), 0);
    }
  }
}

} // namespace
} // namespace nightshift::tests
