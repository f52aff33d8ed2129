// SPDX-License-Identifier: Apache-2.0

#include "tests/support/round_executor.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <stdexcept>
#include <string>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;

// Waits so many rounds, then feeds as many items that wait one less.
std::size_t rounds_of(RoundExecutor& executor, int waits) {
  parallel_walk(executor, waits, [&](int& item, auto feed) {
    for (int i = 0; i < item; ++i) {
      executor.wait();
    }
    for (int i = 0; i < item; ++i) {
      feed(item - 1);
    }
  });
  return executor.rounds();
}

TEST(RoundExecutor, CountsWhatWaitsAtOnceAsOneRound) {
  RoundExecutor one(1);
  EXPECT_EQ(rounds_of(one, 2), 2 + 1 + 1);
  RoundExecutor two(2);
  EXPECT_EQ(rounds_of(two, 2), 2 + 1);
  RoundExecutor three(3);
  EXPECT_EQ(rounds_of(three, 3), 3 + 2 + 1 + 1) << "six items of one round, three at once";
}

TEST(RoundExecutor, RunsOneWorkerAtATimeInAnOrderThatASeedRepeats) {
  const auto order_of = [](std::uint64_t seed) {
    RoundExecutor executor(4, seed);
    std::string order;
    std::vector<WorkItem> items;
    for (const char name : {'a', 'b', 'c', 'd'}) {
      items.push_back(make_work(name));
    }
    executor.grow(std::move(items), [&](void* item, WorkFeeder) {
      for (int i = 0; i < 5; ++i) {
        order.push_back(*static_cast<char*>(item));
        executor.wait();
      }
    });
    return order;
  };
  EXPECT_EQ(order_of(1).size(), 20);
  EXPECT_EQ(order_of(1), order_of(1));
  EXPECT_NE(order_of(1), order_of(2));
}

TEST(RoundExecutor, TheFirstExceptionComesOutAndWhatWaitsIsDropped) {
  RoundExecutor executor(1);
  int calls = 0;
  const auto walk = [&] {
    parallel_walk(executor, 0, [&](int& /*item*/, auto feed) {
      feed(1);
      ++calls;
      throw std::domain_error("no");
    });
  };
  EXPECT_THROW(walk(), std::domain_error);
  EXPECT_EQ(calls, 1);
  EXPECT_THROW(walk(), std::domain_error) << "and it can be used again";
}

} // namespace
} // namespace nightshift::tests
