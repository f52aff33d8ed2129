// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/migrate.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <iterator>

namespace nightshift::sqlite {
namespace {

using testing::HasSubstr;
using tests::error_of;
using tests::TempDir;

Database open(const TempDir& folder) {
  return {(folder / "c.db").native(), Database::Access::create, "catalogue c",
          std::chrono::seconds{1}};
}

std::string content(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

constexpr std::array<std::string_view, 3> k_three{"CREATE TABLE a (x); INSERT INTO a VALUES (1)",
                                                  "ALTER TABLE a ADD y DEFAULT 2",
                                                  "CREATE VIEW b AS SELECT x + y AS z FROM a"};

TEST(Migrate, MarksANewFileAsOursAndOfTheNewestSchema) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database);
  EXPECT_EQ(database.number("PRAGMA application_id"), 0x4E534654);
  EXPECT_EQ(database.number("PRAGMA user_version"), newest_schema());
  EXPECT_EQ(database.number("PRAGMA page_size"), 16384);
  EXPECT_EQ(database.number("SELECT count(*) FROM captures"), 0);
  migrate(database);
}

TEST(Migrate, BringsEveryOlderSchemaToTheNewest) {
  for (std::size_t from = 0; from <= k_three.size(); ++from) {
    const TempDir folder;
    Database database = open(folder);
    migrate(database, std::span(k_three).first(from));
    migrate(database, k_three);
    EXPECT_EQ(database.number("PRAGMA user_version"), 3);
    EXPECT_EQ(database.number("SELECT z FROM b"), 3) << "from " << from;
  }
}

TEST(Migrate, LeavesTheOldSchemaWhereAStepFails) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database, std::span(k_three).first(1));
  const std::array<std::string_view, 3> broken{k_three[0], k_three[1], "nonsense"};
  EXPECT_THROW(migrate(database, broken), JobError);
  EXPECT_EQ(database.number("PRAGMA user_version"), 1);
  EXPECT_EQ(database.number("SELECT count(*) FROM pragma_table_info('a')"), 1);
}

TEST(Migrate, RefusesANewerSchema) {
  const TempDir folder;
  Database database = open(folder);
  migrate(database, k_three);
  const JobError error = error_of([&] { migrate(database, std::span(k_three).first(2)); });
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_STREQ(error.what(), "cannot use catalogue c: a newer Nightshift wrote it (schema 3, this "
                             "program knows 2); use that one");
}

TEST(Migrate, DoesNotTouchTheDatabaseOfAnotherProgram) {
  for (const char* foreign :
       {"CREATE TABLE theirs (x)", "PRAGMA application_id = 7", "PRAGMA user_version = 7"}) {
    const TempDir folder;
    open(folder).run(foreign);
    const std::string before = content(folder / "c.db");
    const JobError error = error_of([&] {
      Database database = open(folder);
      migrate(database);
    });
    EXPECT_EQ(error.code(), "bad_data") << foreign;
    EXPECT_THAT(error.what(), HasSubstr("another program"));
    EXPECT_EQ(content(folder / "c.db"), before) << foreign;
  }
}

TEST(Migrate, RefusesAFileThatIsNoDatabase) {
  const TempDir folder;
  folder.write("c.db", std::string(5000, 'x'));
  const JobError error = error_of([&] {
    Database database = open(folder);
    migrate(database);
  });
  EXPECT_EQ(error.code(), "bad_data");
  EXPECT_STREQ(error.what(), "cannot use catalogue c: the file is not an SQLite database");
}

TEST(ProblemOfHeader, ReadsWhatTheFirstPageTells) {
  const TempDir folder;
  const auto header = [&] { return content(folder / "c.db").substr(0, k_header_bytes); };
  {
    Database database = open(folder);
    migrate(database);
  }
  EXPECT_EQ(problem_of_header(header()), std::nullopt);
  EXPECT_EQ(problem_of_header(""), std::nullopt);
  EXPECT_THAT(problem_of_header("SQLite format 3").value(), HasSubstr("not an SQLite database"));
  EXPECT_THAT(problem_of_header(std::string(200, '#')).value(),
              HasSubstr("not an SQLite database"));

  open(folder).run("PRAGMA user_version = 99");
  EXPECT_THAT(problem_of_header(header()).value(), HasSubstr("schema 99"));
  open(folder).run("PRAGMA application_id = 99");
  EXPECT_THAT(problem_of_header(header()).value(), HasSubstr("another program"));
}

} // namespace
} // namespace nightshift::sqlite
