// SPDX-License-Identifier: Apache-2.0

#include "tests/support/thread_executor.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>
#include <string>

namespace nightshift::tests {
namespace {

TEST(ThreadExecutor, CallsTheBodyOnceForEachElementAndEachItem) {
  ThreadExecutor executor(4);
  std::array<std::atomic<int>, 1000> calls{};
  parallel_for(
      executor, calls.size(), [&](std::size_t i) { ++calls[i]; }, 7);
  EXPECT_TRUE(std::all_of(calls.begin(), calls.end(), [](const auto& n) { return n == 1; }));

  std::atomic<int> items{0};
  parallel_walk(executor, 10, [&](int& depth, auto feed) {
    ++items;
    for (int i = 0; i < 2 && depth > 0; ++i) {
      feed(depth - 1);
    }
  });
  EXPECT_EQ(items, 2047);
}

// "thrown" if an error of that type comes out of `call`.
template <class Error, class Call>
std::string outcome(Call call) {
  try {
    call();
  } catch (const Error&) {
    return "thrown";
  }
  return "returned";
}

TEST(ThreadExecutor, RethrowsAnExceptionAndDropsTheRest) {
  ThreadExecutor executor(4);
  std::atomic<std::size_t> calls{0};
  const auto fail = [&](std::size_t) {
    ++calls;
    throw std::domain_error("x");
  };
  const auto feed_and_fail = [&](int& item, auto feed) {
    feed(item + 1);
    fail(0);
  };
  EXPECT_EQ(outcome<std::domain_error>([&] { parallel_for(executor, 1000, fail); }), "thrown");
  EXPECT_EQ(outcome<std::domain_error>([&] { parallel_walk(executor, 0, feed_and_fail); }),
            "thrown");
  EXPECT_LE(calls, 8);
}

TEST(ThreadExecutor, HeedsAStop) {
  std::stop_source stop;
  stop.request_stop();
  ThreadExecutor executor(2, stop.get_token());
  const auto never = [](auto&&...) { ADD_FAILURE() << "called"; };
  EXPECT_EQ(outcome<JobError>([&] { parallel_for(executor, 1, never); }), "thrown");
  EXPECT_EQ(outcome<JobError>([&] { parallel_walk(executor, 0, never); }), "thrown");
}

} // namespace
} // namespace nightshift::tests
