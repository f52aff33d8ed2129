// SPDX-License-Identifier: Apache-2.0

#include "core/runner/job_clocks.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

using namespace std::chrono_literals;

constexpr JobClocks::Time k_start{};

RunLimits limits() {
  RunLimits limits;
  limits.timeout = 1h;
  limits.stage_timeout = 30min;
  limits.stall_timeout = 10min;
  return limits;
}

// A job whose first stage begins at once.
JobClocks begun(const RunLimits& limits) {
  JobClocks clocks(limits);
  clocks.begin_attempt(k_start);
  clocks.begin_stage(k_start);
  return clocks;
}

TEST(JobClocks, AnAttemptHasItsTimeout) {
  RunLimits limits;
  limits.timeout = 1h;
  JobClocks clocks = begun(limits);
  clocks.end_stage();
  EXPECT_EQ(clocks.look(k_start + 1h - 1ms, 0), Alarm::none);
  EXPECT_EQ(clocks.look(k_start + 1h, 0), Alarm::timeout);
  clocks.end_attempt();
  EXPECT_EQ(clocks.look(k_start + 2h, 0), Alarm::none) << "while it waits for the next one";
  clocks.begin_attempt(k_start + 2h);
  EXPECT_EQ(clocks.look(k_start + 3h - 1ms, 0), Alarm::none);
}

TEST(JobClocks, EachStageHasItsOwn) {
  JobClocks clocks = begun(limits());
  EXPECT_EQ(clocks.look(k_start + 29min, 1), Alarm::none);
  clocks.begin_stage(k_start + 29min);
  EXPECT_EQ(clocks.look(k_start + 58min, 2), Alarm::none);
  EXPECT_EQ(clocks.look(k_start + 59min, 3), Alarm::stage_timeout);
}

TEST(JobClocks, AStageThatMovesDoesNotStall) {
  JobClocks clocks = begun(limits());
  for (int i = 1; i < 30; ++i) {
    EXPECT_EQ(clocks.look(k_start + i * 1min, static_cast<std::uint64_t>(i)), Alarm::none);
  }
}

TEST(JobClocks, AStallIsToldOnceUntilSomethingMoves) {
  JobClocks clocks = begun(limits());
  EXPECT_EQ(clocks.look(k_start + 1min, 7), Alarm::none);
  EXPECT_EQ(clocks.look(k_start + 11min, 7), Alarm::stalled);
  EXPECT_EQ(clocks.look(k_start + 12min, 7), Alarm::none);
  EXPECT_EQ(clocks.look(k_start + 13min, 8), Alarm::none);
  EXPECT_EQ(clocks.look(k_start + 23min, 8), Alarm::stalled);
}

TEST(JobClocks, WithoutLimitsNothingEverAlarms) {
  RunLimits none;
  none.stall_timeout = 0ms;
  EXPECT_EQ(begun(none).look(k_start + 1000h, 0), Alarm::none);
}

} // namespace
} // namespace nightshift
