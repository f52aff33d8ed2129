// SPDX-License-Identifier: Apache-2.0
//
// What is told of folders so that they need not be read, and when it is not.

#include "core/base/work_meter.hpp"
#include "core/storage/local/folder_version.hpp"
#include "core/storage/local/local_storage.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>

#include <filesystem>
#include <limits>
#include <string>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using tests::Listing;

// Everything is settled before it.
constexpr std::int64_t k_end_of_time = std::numeric_limits<std::int64_t>::max();

class FolderVersionTest : public testing::Test {
 protected:
  FolderVersionTest() { fs::permissions(dir_.path(), fs::perms(0755)); }

  std::unique_ptr<Listing> list(const KnownFolders& known) {
    const auto storage = open_local_storage(dir_.path().string());
    testkit::SerialExecutor executor;
    auto listing = std::make_unique<Listing>();
    listing->run(*storage, {"", tests::accept_all, {}, {}, {}, known}, executor);
    return listing;
  }

  // As the last part of the folder tells it.
  std::optional<std::int64_t> told_of(const std::string& folder,
                                      std::int64_t settled_before = k_end_of_time) {
    const auto knows_none = [](std::string_view, std::int64_t) { return false; };
    return list({knows_none, settled_before})->parts().at(folder).back().version;
  }

  static std::int64_t changed(const fs::path& path) {
    struct stat found {};

    EXPECT_EQ(::stat(path.c_str(), &found), 0);
    return found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec;
  }

  static void set_modified(const fs::path& path, std::int64_t seconds) {
    const timespec times[] = {{seconds, 0}, {seconds, 0}};
    EXPECT_EQ(utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
  }

  // Let a file come and go until the clock that the file system goes by has ticked, which it does
  // every few milliseconds.
  void let_a_file_come_and_go(const std::string& folder) {
    const auto before = changed(dir_ / folder);
    do {
      fs::remove(dir_.write(folder + "/new.jpg", "x"));
    } while (changed(dir_ / folder) == before);
  }

  tests::TempDir dir_;
};

TEST_F(FolderVersionTest, SparesTheReadingOfAFolderThatIsKnown) {
  dir_.write("a/1.jpg", "x");
  dir_.write("b/2.jpg", "x");
  const auto knows_a = [](std::string_view folder, std::int64_t) { return folder == "a/"; };
  WorkMeter meter;
  {
    const WorkMeter::Scope working(&meter);
    EXPECT_THAT(list({knows_a, k_end_of_time})->keys(), ElementsAre("b/2.jpg"));
  }
  EXPECT_EQ(meter.get(Tally::open), 3) << "the root, a and b";
  EXPECT_EQ(meter.get(Tally::getdents64), 4) << "the root and b";
  EXPECT_EQ(meter.get(Tally::statx), 4) << "each folder and b/2.jpg";
}

TEST_F(FolderVersionTest, ChangesWithTheEntriesAndCannotBeSetBack) {
  dir_.write("a/1.jpg", "x");
  const auto at_first = told_of("a/");
  ASSERT_TRUE(at_first);
  EXPECT_EQ(told_of("a/"), at_first) << "nothing has changed";
  dir_.write("a/1.jpg", "longer"); // in place
  EXPECT_EQ(told_of("a/"), at_first) << "what is in a file is not its folder's";
  set_modified(dir_ / "a", 1000);
  const auto at_1000 = told_of("a/");
  let_a_file_come_and_go("a");
  set_modified(dir_ / "a", 1000); // as copying tools do
  EXPECT_NE(told_of("a/"), at_1000);
  EXPECT_NE(told_of("a/"), at_first);
}

TEST_F(FolderVersionTest, IsOfTheFoldersNumberAndBothItsTimes) {
  struct statx folder {};

  folder.stx_ino = 7;
  folder.stx_mtime = {.tv_sec = 1000, .tv_nsec = 1, .__reserved = 0};
  folder.stx_ctime = {.tv_sec = 2000, .tv_nsec = 2, .__reserved = 0};
  auto other_number = folder;
  other_number.stx_ino = 8; // folders that are made together may have one time
  auto written_later = folder;
  written_later.stx_mtime.tv_nsec = 2;
  auto set_back = folder;
  set_back.stx_ctime.tv_nsec = 3;
  EXPECT_EQ(version_of(folder), version_of(folder));
  for (const struct statx& other : {other_number, written_later, set_back}) {
    EXPECT_NE(version_of(folder), version_of(other));
  }
}

TEST_F(FolderVersionTest, IsNoOtherFoldersOwn) {
  dir_.write("site a/night/1.jpg", "x");
  dir_.write("site b/night/1.jpg", "x");
  const auto a = told_of("site a/night/");
  const auto b = told_of("site b/night/");
  EXPECT_NE(a, b);
  fs::rename(dir_ / "site a", dir_ / "meanwhile");
  fs::rename(dir_ / "site b", dir_ / "site a");
  fs::rename(dir_ / "meanwhile", dir_ / "site b");
  EXPECT_EQ(told_of("site a/night/"), b);
  EXPECT_EQ(told_of("site b/night/"), a);
}

TEST_F(FolderVersionTest, IsNotToldWhereItDoesNotStandForTheObjects) {
  dir_.write("settled/1.jpg", "x");
  dir_.write("litter/1.jpg", "x");
  dir_.write("litter/@eaDir/1.jpg", "x");
  dir_.write("empty object/1.jpg", "");
  dir_.write("above/1.jpg", "x");
  dir_.write("above/below/1.jpg", "x");
  EXPECT_TRUE(told_of("settled/"));
  EXPECT_TRUE(told_of("litter/")) << "nobody looks there";
  EXPECT_FALSE(told_of("empty object/")) << "it may yet be written";
  EXPECT_FALSE(told_of("above/")) << "what is below changes without it";
  EXPECT_TRUE(told_of("above/below/"));
}

TEST_F(FolderVersionTest, IsNotToldOfAFolderInWhichSomethingChangedOfLate) {
  const fs::path file = dir_.write("a/1.jpg", "x");
  const std::int64_t folder_changed = changed(dir_ / "a");
  do {                                      // until the clock has ticked
    fs::permissions(file, fs::perms(0600)); // of the file, not of the folder
    set_modified(file, 0);
  } while (changed(file) <= folder_changed);
  EXPECT_FALSE(told_of("a/", folder_changed)) << "more may change in this tick of the clock";
  EXPECT_FALSE(told_of("a/", changed(file))) << "whatever time of writing it shows";
  EXPECT_TRUE(told_of("a/", changed(file) + 1));
  set_modified(file, 4'000'000'000);
  EXPECT_TRUE(told_of("a/", changed(file) + 1)) << "a camera's clock may be ahead";
}

TEST_F(FolderVersionTest, IsNotToldWhereAFileCannotBeExamined) {
  dir_.write("a/1.jpg", "x");
  fs::permissions(dir_ / "a", fs::perms(0744)); // names may be read, and nothing else
  const tests::AsNobody nobody;
  EXPECT_FALSE(told_of("a/"));
}

TEST_F(FolderVersionTest, CountsWhereTheFileSystemNotesWhatCameAndWent) {
  for (const int type : {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, NFS_SUPER_MAGIC, TMPFS_MAGIC}) {
    EXPECT_TRUE(keeps_folder_times(static_cast<std::uint64_t>(type))) << type;
  }
  for (const int type : {MSDOS_SUPER_MAGIC, EXFAT_SUPER_MAGIC, FUSE_SUPER_MAGIC}) {
    EXPECT_FALSE(keeps_folder_times(static_cast<std::uint64_t>(type))) << type;
  }
}

} // namespace
} // namespace nightshift
