// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/folder_tally.hpp"

#include <gtest/gtest.h>

namespace nightshift::sqlite {
namespace {

TEST(FolderTally, AddsUpWhatIsPresent) {
  FolderTally tally;
  tally.add_present(300, 10);
  tally.add_present(100, 20);
  tally.add_present(std::nullopt, 40);
  tally.add_missing();

  EXPECT_EQ(tally.captures(), 3);
  EXPECT_EQ(tally.bytes(), 70);
  EXPECT_EQ(tally.undated(), 1);
  EXPECT_EQ(tally.missing(), 1);
  EXPECT_EQ(tally.times(), (Hull{100, 300}));
}

TEST(FolderTally, SplitsItsTimesInWhateverOrderTheyCame) {
  FolderTally tally;
  for (const std::int64_t time : {9000, 0, 60, 60}) {
    tally.add_present(time, 1);
  }
  const auto fragments = tally.fragments(5, std::chrono::hours{2});
  ASSERT_TRUE(fragments);
  ASSERT_EQ(fragments->size(), 2U);
  EXPECT_EQ(fragments->front().captures, 3);
  EXPECT_EQ(fragments->front().duplicate_times, 1);
  EXPECT_EQ(fragments->back().folder_id, 5);
}

TEST(FolderTally, DoesNotKeepTheTimesOfAHugeFolder) {
  FolderTally tally;
  for (std::int64_t time = 0; time < 131'073; ++time) {
    tally.add_present(time, 1);
  }
  EXPECT_FALSE(tally.fragments(1, std::chrono::hours{2}));
  EXPECT_EQ(tally.times(), (Hull{0, 131'072}));
}

} // namespace
} // namespace nightshift::sqlite
