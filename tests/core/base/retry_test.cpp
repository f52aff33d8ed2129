// SPDX-License-Identifier: Apache-2.0

#include "core/base/retry.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>

namespace nightshift {

namespace {

using namespace std::chrono_literals;

constexpr RetryPolicy k_policy{1000ms, 60'000ms};

// The shortest and the longest of many delays before the attempt after `attempt`.
std::pair<std::chrono::milliseconds, std::chrono::milliseconds> range_of(int attempt) {
  std::mt19937_64 random(1);
  auto shortest = std::chrono::milliseconds::max();
  auto longest = std::chrono::milliseconds::min();
  for (int i = 0; i < 10'000; ++i) {
    const auto delay = retry_delay(k_policy, attempt, std::nullopt, random);
    shortest = std::min(shortest, delay);
    longest = std::max(longest, delay);
  }
  return {shortest, longest};
}

TEST(RetryDelay, IsAnywhereBetweenNothingAndALimitThatDoubles) {
  for (const auto& [attempt, limit] :
       {std::pair(1, 1000ms), std::pair(2, 2000ms), std::pair(5, 16'000ms)}) {
    const auto [shortest, longest] = range_of(attempt);
    EXPECT_LT(shortest, limit / 100) << attempt;
    EXPECT_GT(longest, limit - limit / 100) << attempt;
    EXPECT_LE(longest, limit) << attempt;
  }
}

TEST(RetryDelay, NeverOutgrowsTheLongest) {
  for (const int attempt : {7, 100, std::numeric_limits<int>::max()}) {
    EXPECT_LE(range_of(attempt).second, 60'000ms) << attempt;
    EXPECT_GT(range_of(attempt).second, 59'000ms) << attempt;
  }
}

TEST(RetryDelay, HonoursWhatTheOtherSideAskedFor) {
  std::mt19937_64 random(1);
  EXPECT_EQ(retry_delay(k_policy, 1, 90'000ms, random), 90'000ms);
  EXPECT_GE(retry_delay(k_policy, 20, 5ms, random), 5ms);
}

TEST(RetryDelay, MayBeNone) {
  std::mt19937_64 random(1);
  EXPECT_EQ(retry_delay({0ms, 0ms}, 5, std::nullopt, random), 0ms);
}

} // namespace

} // namespace nightshift
