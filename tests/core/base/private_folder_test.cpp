// SPDX-License-Identifier: Apache-2.0

#include "core/base/private_folder.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <optional>

namespace nightshift {
namespace {

namespace fs = std::filesystem;

// Temporary files go to a place of the test's.
class PrivateFolderTest : public testing::Test {
 protected:
  PrivateFolderTest() { setenv("TMPDIR", place_.path().c_str(), 1); }

  void TearDown() override { unsetenv("TMPDIR"); }

  static void make_old(const fs::path& folder) {
    fs::last_write_time(folder, fs::file_time_type::clock::now() - std::chrono::hours(1));
  }

  tests::TempDir place_;
};

TEST_F(PrivateFolderTest, IsForNobodyElse) {
  const PrivateFolder folder("own-");
  EXPECT_EQ(folder.path().parent_path(), place_.path());

  struct stat status {};

  ASSERT_EQ(stat(folder.path().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0700U);
}

TEST_F(PrivateFolderTest, GoesWithWhatIsInIt) {
  std::optional<PrivateFolder> folder(std::in_place, "own-");
  fs::create_directories(folder->path() / "a/b");
  folder.reset();
  EXPECT_TRUE(fs::is_empty(place_.path()));
}

TEST_F(PrivateFolderTest, OfAKilledProcessIsTakenAwayByTheNext) {
  fs::create_directories(place_ / "own-killed/inside");
  fs::create_directories(place_ / "other-killed");
  make_old(place_ / "own-killed");
  make_old(place_ / "other-killed");
  const PrivateFolder folder("own-");
  EXPECT_FALSE(fs::exists(place_ / "own-killed"));
  EXPECT_TRUE(fs::exists(place_ / "other-killed")) << "it is not of that name";
}

TEST_F(PrivateFolderTest, OfALivingProcessStays) {
  const PrivateFolder old("own-");
  make_old(old.path());
  const PrivateFolder folder("own-");
  EXPECT_TRUE(fs::exists(old.path()));
}

TEST_F(PrivateFolderTest, ThatIsYoungStaysEvenUnlocked) {
  fs::create_directories(place_ / "own-new");
  const PrivateFolder folder("own-");
  EXPECT_TRUE(fs::exists(place_ / "own-new")) << "its owner may be about to lock it";
}

TEST_F(PrivateFolderTest, WithoutAPlaceIsAnError) {
  setenv("TMPDIR", (place_ / "nowhere").c_str(), 1);
  try {
    const PrivateFolder folder("own-");
    FAIL() << "made " << folder.path();
  } catch (const JobError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("TMPDIR"));
  }
}

} // namespace
} // namespace nightshift
