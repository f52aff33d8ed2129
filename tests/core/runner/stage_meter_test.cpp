// SPDX-License-Identifier: Apache-2.0

#include "core/runner/stage_meter.hpp"
#include "core/runner/tbb_executor.hpp"

#include <nightshift/testkit/serial_executor.hpp>

#include <gtest/gtest.h>

#include <barrier>
#include <stdexcept>

namespace nightshift {
namespace {

class StageMeterTest : public testing::Test {
 protected:
  [[nodiscard]] std::unique_ptr<Executor> executor() {
    return metered(make_tbb_executor(4, stop_.get_token()), &meter_.work());
  }

  ThreadBudget budget_{8};
  std::stop_source stop_;
  StageMeter meter_{false};
};

TEST_F(StageMeterTest, GetsWhatEachBodyTells) {
  const auto threads = executor();
  parallel_for(*threads, 1000, [](std::size_t) { tally(Tally::statx); });
  parallel_walk(*threads, 5, [](int depth, const auto& feed) {
    tally(Tally::open);
    if (depth > 0) {
      feed(depth - 1);
      feed(depth - 1);
    }
  });
  const StageProfile profile = meter_.profile();
  EXPECT_EQ(profile.tally(Tally::statx), 1000);
  EXPECT_EQ(profile.tally(Tally::open), 63);
  EXPECT_LE(profile.threads, 4);
  EXPECT_GE(profile.thread_seconds, 0);
}

TEST_F(StageMeterTest, CountsTheThreadsAtWork) {
  std::barrier meeting(4); // ends only if four bodies run together
  parallel_for(*executor(), 4, [&](std::size_t) { meeting.arrive_and_wait(); });
  EXPECT_EQ(meter_.profile().threads, 4);
}

TEST_F(StageMeterTest, KeepsWhatWasDoneBeforeABodyFailed) {
  const auto fail = [](std::size_t, std::size_t) {
    tally(Tally::statx);
    throw std::runtime_error("oops");
  };
  EXPECT_THROW(executor()->bulk(1, 1, fail), std::runtime_error);
  EXPECT_EQ(meter_.profile().tally(Tally::statx), 1);
  EXPECT_EQ(current_work_meter(), nullptr);
}

TEST_F(StageMeterTest, TwoStagesAtOnceDoNotMix) {
  StageMeter other(false);
  const auto ours = executor();
  const auto theirs = metered(make_tbb_executor(4, stop_.get_token()), &other.work());
  parallel_for(*ours, 50, [&](std::size_t) {
    tally(Tally::statx);
    parallel_for(*theirs, 3, [](std::size_t) { tally(Tally::open); });
    tally(Tally::statx);
  });
  EXPECT_EQ(meter_.profile().tally(Tally::statx), 100);
  EXPECT_EQ(meter_.profile().tally(Tally::open), 0);
  EXPECT_EQ(other.profile().tally(Tally::open), 150);
}

TEST_F(StageMeterTest, ItsCpuTimeIsUserAndSystemTime) {
  const auto burn = [](std::size_t) {
    volatile unsigned sum = 0;
    for (unsigned i = 0; i < 1'000'000; ++i) {
      sum = sum + i;
    }
  };
  parallel_for(*executor(), 8, burn);
  const StageProfile profile = meter_.profile();
  const std::chrono::duration<double> cpu = meter_.work().thread_use().cpu;
  EXPECT_GT(cpu.count(), 0);
  EXPECT_NEAR(profile.cpu_user_seconds + profile.cpu_system_seconds, cpu.count(), 1e-9);
}

TEST_F(StageMeterTest, AQueueIsTheSameForTheSameName) {
  meter_.queue("merge").arrived(10, 1, 10);
  meter_.queue("merge").arrived(20, 2, 30);
  meter_.queue("other").held_back(std::chrono::seconds(2));
  const StageProfile profile = meter_.profile();
  ASSERT_EQ(profile.queues.size(), 2U);
  EXPECT_EQ(profile.queues[0].name, "merge");
  EXPECT_EQ(profile.queues[0].items, 2);
  EXPECT_EQ(profile.queues[0].bytes, 30);
  EXPECT_EQ(profile.queues[0].mean_waiting, 1.5);
  EXPECT_EQ(profile.queues[1].held_back_seconds, 2);
}

TEST(StageMeter, HasTheProcesssInputAndOutputOnlyWhereItIsAlone) {
  EXPECT_FALSE(StageMeter(false).profile().io.has_value());
  const StageMeter alone(true);
  const auto io = alone.profile().io;
  ASSERT_TRUE(io.has_value());
  EXPECT_GE(io->reads, 1) << "looking is reading";
}

TEST(StageMeter, AnExecutorThatNobodyMeasuresIsTheExecutorItself) {
  auto serial = std::make_unique<testkit::SerialExecutor>();
  const Executor* const same = serial.get();
  EXPECT_EQ(metered(std::move(serial), nullptr).get(), same);
}

} // namespace
} // namespace nightshift
