// SPDX-License-Identifier: Apache-2.0

#include "core/runner/taker_use.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <thread>

namespace nightshift {
namespace {

using std::chrono::milliseconds;

TEST(TakerUse, IsNothingWithoutThreads) {
  const TakerUse use;
  EXPECT_EQ(use.read().cpu.count(), 0);
  EXPECT_EQ(use.read().wall.count(), 0);
}

TEST(TakerUse, IsWhatAThreadOfThoseThatTakePartHasOfItsProcessor) {
  TakerUse use;
  std::atomic<bool> is_over{false};
  std::jthread other([&] {
    const TakerUse::Part part(use);
    while (!is_over) {
    }
  });
  while (use.read().cpu < milliseconds(2)) { // which no other thread has any part in
    std::this_thread::yield();
  }
  is_over = true;
  other.join();
  const auto after = use.read();
  EXPECT_GE(after.cpu, milliseconds(2)) << "also once it has left";
  EXPECT_GT(after.wall.count(), 0);
}

TEST(TakerUse, WhoDoesNotTakePartDoesNotCount) {
  TakerUse use;
  std::optional<TakerUse::Part> part(std::in_place, use);
  part.reset();
  const auto before = use.read();
  std::thread([] {
    for (int i = 0; i < 1000; ++i) {
      std::this_thread::yield();
    }
  }).join();
  EXPECT_EQ(use.read().wall, before.wall);
  EXPECT_EQ(use.read().cpu, before.cpu);
}

TEST(TakerUse, TakersMostlyWaitThatHadAProcessorForLessThanAQuarterOfTheirTime) {
  const auto passed = [](int cpu, int wall) {
    return ProcessorTime{milliseconds(cpu), milliseconds(wall)};
  };
  EXPECT_TRUE(mostly_wait(passed(0, 10)));
  EXPECT_TRUE(mostly_wait(passed(9, 40)));
  EXPECT_FALSE(mostly_wait(passed(10, 40)));
  EXPECT_FALSE(mostly_wait(passed(10, 10)));
  EXPECT_FALSE(mostly_wait(passed(0, 0))) << "nobody was there";
}

} // namespace
} // namespace nightshift
