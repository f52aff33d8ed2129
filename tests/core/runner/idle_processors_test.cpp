// SPDX-License-Identifier: Apache-2.0

#include "core/runner/idle_processors.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

using std::chrono::milliseconds;

class IdleProcessorsTest : public testing::Test {
 protected:
  static void pass(milliseconds cpu, milliseconds wall) {
    told_.cpu += cpu;
    told_.wall += wall;
  }

  static inline IdleProcessors::Reading told_{}; // which, as a clock, is never set back
  IdleProcessors idle_{2, []() noexcept { return told_; }};
};

TEST_F(IdleProcessorsTest, ThereAreNoneWhereAllAreUsed) {
  pass(milliseconds(20), milliseconds(10));
  EXPECT_FALSE(idle_.are_there());
}

TEST_F(IdleProcessorsTest, ThereAreNoneWhereLessThanHalfOfOneIs) {
  pass(milliseconds(16), milliseconds(10));
  EXPECT_FALSE(idle_.are_there());
}

TEST_F(IdleProcessorsTest, ThereAreWhereOneOfTwoWaits) {
  pass(milliseconds(10), milliseconds(10));
  EXPECT_TRUE(idle_.are_there());
}

TEST_F(IdleProcessorsTest, OnlyWhatPassedSinceTheLastQuestionCounts) {
  pass(milliseconds(0), milliseconds(1000));
  EXPECT_TRUE(idle_.are_there());
  pass(milliseconds(20), milliseconds(10));
  EXPECT_FALSE(idle_.are_there());
}

TEST_F(IdleProcessorsTest, AProcessThatComputesUsesProcessorsMeanwhile) {
  const auto before = IdleProcessors::of_this_process();
  auto after = before;
  while (after.cpu == before.cpu) {
    after = IdleProcessors::of_this_process();
  }
  EXPECT_GT(after.cpu, before.cpu);
  EXPECT_GT(after.wall, before.wall);
}

} // namespace
} // namespace nightshift
