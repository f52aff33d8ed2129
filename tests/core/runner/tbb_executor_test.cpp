// SPDX-License-Identifier: Apache-2.0

#include "core/runner/tbb_executor.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <barrier>
#include <numeric>
#include <stdexcept>
#include <thread>
#include <vector>

namespace nightshift {
namespace {

class TbbExecutorTest : public testing::Test {
 protected:
  ThreadBudget budget_{8};
  std::stop_source stop_;
  std::unique_ptr<Executor> executor_ = make_tbb_executor(4, stop_.get_token());
};

TEST_F(TbbExecutorTest, BulkCoversEveryElementOnce) {
  std::vector<int> touched(10'007);
  executor_->bulk(touched.size(), 64, [&](std::size_t begin, std::size_t end) {
    EXPECT_LE(end - begin, 64U);
    for (; begin != end; ++begin) {
      ++touched[begin];
    }
  });
  EXPECT_EQ(touched, std::vector<int>(touched.size(), 1));
}

TEST_F(TbbExecutorTest, WhatBodiesWriteIsSeenAfterwards) {
  std::vector<std::size_t> squares(1000);
  parallel_for(*executor_, squares.size(), [&](std::size_t i) { squares[i] = i * i; });
  EXPECT_EQ(squares[999], 999U * 999U);
}

TEST_F(TbbExecutorTest, HasMoreThreadsThanProcessorsWhereAsked) {
  // Ends only if four bodies run together, which needs the budget on a machine with two.
  std::barrier meeting(4);
  parallel_for(*executor_, 4, [&](std::size_t) { meeting.arrive_and_wait(); });
}

TEST_F(TbbExecutorTest, GrowDoesWhatIsFed) {
  std::atomic<int> leaves{0};
  parallel_walk(*executor_, 12, [&](int depth, const auto& feed) {
    if (depth == 0) {
      ++leaves;
      return;
    }
    feed(depth - 1);
    feed(depth - 1);
  });
  EXPECT_EQ(leaves, 4096);
}

TEST_F(TbbExecutorTest, AWalkThatWaitsForStorageHasMoreThreadsThanItsShareOfProcessors) {
  const CpuShares threads(4);
  const CpuShares processors(1);
  const auto executor = make_storage_executor(threads, processors, {});
  EXPECT_EQ(executor->concurrency(), 4U);
  // Ends only if four bodies run together, of which none uses a processor.
  std::barrier meeting(4);
  parallel_walk(*executor, 0, [&](int depth, const auto& feed) {
    if (depth == 0) {
      for (int i = 0; i < 4; ++i) {
        feed(1);
      }
    } else {
      meeting.arrive_and_wait();
    }
  });
}

TEST_F(TbbExecutorTest, AWalkThatWaitsHasMoreThreadsAlsoBesideAThreadThatComputes) {
  const CpuShares threads(4);
  const CpuShares processors(1);
  std::atomic<bool> is_over{false};
  std::jthread neighbour([&] { // leaves no processor of the budget idle
    while (!is_over) {
    }
  });
  std::barrier meeting(4);
  parallel_walk(*make_storage_executor(threads, processors, {}), 0,
                [&](int depth, const auto& feed) {
                  if (depth == 0) {
                    for (int i = 0; i < 4; ++i) {
                      feed(1);
                    }
                  } else {
                    meeting.arrive_and_wait();
                  }
                });
  is_over = true;
}

TEST_F(TbbExecutorTest, AWalkThatHasCalledAReserveFailsLikeAnyOther) {
  const CpuShares threads(2);
  const CpuShares processors(1);
  const auto executor = make_storage_executor(threads, processors, {});
  const auto fail_below = [](int depth, const auto& feed) {
    feed(depth + 1);
    feed(depth + 1);
    if (depth == 1) {
      throw std::runtime_error("deep");
    }
  };
  EXPECT_THROW(parallel_walk(*executor, 0, fail_below), std::runtime_error);
}

TEST_F(TbbExecutorTest, TheFirstExceptionStopsTheRestAndComesOut) {
  std::atomic<int> bodies{0};
  const auto fail_at_once = [&](std::size_t, std::size_t) {
    ++bodies;
    throw std::runtime_error("first");
  };
  EXPECT_THROW(executor_->bulk(100'000, 1, fail_at_once), std::runtime_error);
  EXPECT_LT(bodies, 1000);
  const auto fail_deep = [](int n, const auto& feed) {
    if (n == 100) {
      throw std::runtime_error("deep");
    }
    feed(n + 1);
  };
  EXPECT_THROW(parallel_walk(*executor_, 0, fail_deep), std::runtime_error);
}

TEST_F(TbbExecutorTest, AStopComesOutAsCancelled) {
  std::atomic<int> bodies{0};
  try {
    executor_->bulk(100'000, 1, [&](std::size_t, std::size_t) {
      ++bodies;
      stop_.request_stop();
    });
    FAIL() << "went on after a stop";
  } catch (const JobError& error) {
    EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
  }
  EXPECT_LT(bodies, 1000);
}

TEST_F(TbbExecutorTest, ItemsNotDoneAreStillDestroyed) {
  auto alive = std::make_shared<int>(0);
  const auto feed_and_fail = [](const std::shared_ptr<int>& item, const auto& feed) {
    for (int i = 0; i < 100; ++i) {
      feed(item);
    }
    throw std::runtime_error("stop here");
  };
  EXPECT_THROW(parallel_walk(*executor_, alive, feed_and_fail), std::runtime_error);
  EXPECT_EQ(alive.use_count(), 1);
}

TEST_F(TbbExecutorTest, TellsItsConcurrency) {
  EXPECT_EQ(executor_->concurrency(), 4U);
  EXPECT_EQ(make_tbb_executor(0, {})->concurrency(), 1U);
}

} // namespace
} // namespace nightshift
