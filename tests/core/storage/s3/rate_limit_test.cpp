// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/rate_limit.hpp"

#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using namespace std::chrono_literals;

class RateLimitTest : public testing::Test {
 protected:
  [[nodiscard]] SteadyClock clock() {
    return [this] { return now_; };
  }

  std::chrono::steady_clock::time_point now_;
};

TEST_F(RateLimitTest, WithoutALimitNobodyWaits) {
  RateLimit limit(0, clock());
  EXPECT_EQ(limit.take(1e12), 0ms);
}

TEST_F(RateLimitTest, LetsASecondsWorthThroughAtOnceAndThenHoldsBack) {
  RateLimit limit(10, clock());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limit.take(1), 0ms);
  }
  EXPECT_EQ(limit.take(1), 100ms);
  EXPECT_EQ(limit.take(1), 200ms) << "who comes next waits for the one before as well";
  now_ += 200ms;
  EXPECT_EQ(limit.take(1), 100ms);
}

TEST_F(RateLimitTest, SavesUpNoMoreThanASecondsWorth) {
  RateLimit limit(10, clock());
  now_ += 1h;
  EXPECT_EQ(limit.take(10), 0ms);
  EXPECT_EQ(limit.take(1), 100ms);
}

TEST_F(RateLimitTest, TakesMoreThanASecondsWorthAndMakesUpForIt) {
  RateLimit limit(1000, clock());
  EXPECT_EQ(limit.take(3000), 2s);
  now_ += 2s;
  EXPECT_EQ(limit.take(0), 0ms);
}

} // namespace
} // namespace nightshift::s3
