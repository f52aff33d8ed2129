// SPDX-License-Identifier: Apache-2.0

#include "core/runner/overlap.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

using namespace std::chrono_literals;

TEST(Overlap, IsReadFromItsWord) {
  EXPECT_EQ(parse_overlap("fail")->policy, OverlapPolicy::fail);
  EXPECT_EQ(parse_overlap("skip")->policy, OverlapPolicy::skip);
  EXPECT_EQ(parse_overlap("replace")->policy, OverlapPolicy::replace);
  EXPECT_EQ(parse_overlap("wait")->policy, OverlapPolicy::wait);
  EXPECT_FALSE(parse_overlap("wait")->patience);
  EXPECT_EQ(parse_overlap("wait=10min")->patience, 10min);
}

TEST(Overlap, IsNothingForAnythingElse) {
  for (const char* text : {"", "Fail", "wait=", "wait=10", "wait=-1s", "skip=1s", "queue"}) {
    EXPECT_FALSE(parse_overlap(text)) << text;
  }
}

} // namespace
} // namespace nightshift
