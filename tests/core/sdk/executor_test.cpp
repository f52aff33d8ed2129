// SPDX-License-Identifier: Apache-2.0

#include "tests/support/thread_executor.hpp"

#include <nightshift/executor.hpp>
#include <nightshift/testkit/serial_executor.hpp>

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <vector>

namespace nightshift {
namespace {

struct OnThreads {
  static std::unique_ptr<Executor> make(std::stop_token stop) {
    return std::make_unique<tests::ThreadExecutor>(4, std::move(stop));
  }
};

struct OnOne {
  static std::unique_ptr<Executor> make(std::stop_token stop) {
    return std::make_unique<testkit::SerialExecutor>(std::move(stop));
  }
};

template <class Kind>
class ExecutorHelpers : public testing::Test {
 public:
  std::stop_source stop;
  std::unique_ptr<Executor> executor = Kind::make(stop.get_token());
};

using Kinds = testing::Types<OnOne, OnThreads>;
TYPED_TEST_SUITE(ExecutorHelpers, Kinds);

TYPED_TEST(ExecutorHelpers, ParallelForVisitsEachIndexOnce) {
  for (const std::size_t grain : {1U, 7U, 5000U}) {
    std::vector<std::atomic<int>> visits(1000);
    parallel_for(
        *this->executor, visits.size(), [&](std::size_t i) { ++visits[i]; }, grain);
    for (const auto& count : visits) {
      ASSERT_EQ(count, 1);
    }
  }
}

TYPED_TEST(ExecutorHelpers, ParallelForOfNothingCallsNothing) {
  parallel_for(*this->executor, 0, [](std::size_t) { FAIL(); });
}

TYPED_TEST(ExecutorHelpers, ParallelWalkVisitsAllThatItIsFed) {
  std::atomic<int> visits{0};
  parallel_walk(*this->executor, 0, [&](int depth, const auto& feed) {
    ++visits;
    if (depth < 8) {
      feed(depth + 1);
      feed(depth + 1);
    }
  });
  EXPECT_EQ(visits, 511); // a binary tree of nine levels
}

TYPED_TEST(ExecutorHelpers, ParallelWalkTakesItemsThatCannotBeCopied) {
  std::atomic<int> sum{0};
  parallel_walk(*this->executor, std::make_unique<int>(3),
                [&](std::unique_ptr<int>& item, const auto& feed) {
                  sum += *item;
                  if (*item > 0) {
                    feed(std::make_unique<int>(*item - 1));
                  }
                });
  EXPECT_EQ(sum, 6);
}

void throw_at(std::size_t at, std::size_t where) {
  if (at == where) {
    throw std::out_of_range("there");
  }
}

TYPED_TEST(ExecutorHelpers, GiveTheCallerTheFirstException) {
  const auto by_index = [](std::size_t i) { throw_at(i, 50); };
  EXPECT_THROW(parallel_for(*this->executor, 100, by_index), std::out_of_range);
  const auto by_depth = [](std::size_t depth, const auto& feed) {
    throw_at(depth, 20);
    feed(depth + 1);
  };
  EXPECT_THROW(parallel_walk(*this->executor, std::size_t{0}, by_depth), std::out_of_range);
}

TYPED_TEST(ExecutorHelpers, EndAsCancelledOnAStopRequest) {
  const auto expect_cancelled = [](auto call) {
    try {
      call();
      ADD_FAILURE() << "went on after the stop request";
    } catch (const JobError& error) {
      EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
    }
  };
  this->stop.request_stop();
  expect_cancelled([&] { parallel_for(*this->executor, 10, [](std::size_t) {}); });
  expect_cancelled([&] { parallel_walk(*this->executor, 0, [](int, const auto&) {}); });
}

} // namespace
} // namespace nightshift
