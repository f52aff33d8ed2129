// SPDX-License-Identifier: Apache-2.0

#include "core/runner/idle_processors.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace nightshift {
namespace {

using std::chrono::milliseconds;

class IdleProcessorsTest : public testing::Test {
 protected:
  static void pass(milliseconds cpu, milliseconds wall) {
    told_.cpu += cpu;
    told_.wall += wall;
  }

  static inline ProcessorTime told_{}; // which, as a clock, is never set back
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

TEST_F(IdleProcessorsTest, WhatAnotherThreadHasOfProcessorsIsTheProcesss) {
  constexpr milliseconds k_enough{2};
  const ProcessorTime before = IdleProcessors::of_this_process();
  std::thread([&] {
    while (read_processor_time(CLOCK_THREAD_CPUTIME_ID).cpu < k_enough) {
    }
  }).join();
  const ProcessorTime passed = IdleProcessors::of_this_process() - before;
  EXPECT_GE(passed.cpu, k_enough);
  EXPECT_GT(passed.wall.count(), 0);
}

} // namespace
} // namespace nightshift
