// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/access_keeper.hpp"
#include "tests/support/error_of.hpp"

#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using namespace std::chrono_literals;

// Whose credentials live for `lifetime_` from when they are looked for.
class AccessKeeperTest : public testing::Test {
 protected:
  AccessKeeper keeper() {
    return {[this](const std::stop_token&) {
              ++looks_;
              Access access;
              access.found_in = std::to_string(looks_);
              if (lifetime_) {
                access.expires = now_ + *lifetime_;
              }
              return access;
            },
            [this] { return now_; }};
  }

  static std::string found_in(AccessKeeper& keeper) {
    return keeper.current(std::stop_token())->found_in;
  }

  TimePoint now_ = parse_utc("2025-01-14T21:48:00.000000Z").value();
  std::optional<std::chrono::seconds> lifetime_;
  int looks_ = 0;
};

TEST_F(AccessKeeperTest, KeepsWhatDoesNotExpire) {
  AccessKeeper access = keeper();
  now_ += 24h * 365;
  EXPECT_EQ(found_in(access), "1");
}

TEST_F(AccessKeeperTest, LooksAgainShortlyBeforeItExpires) {
  lifetime_ = 15min;
  AccessKeeper access = keeper();
  now_ += 13min;
  EXPECT_EQ(found_in(access), "1");
  now_ += 1min;
  EXPECT_EQ(found_in(access), "2");
}

TEST_F(AccessKeeperTest, DoesNotLookWithEachRequestForWhatIsBarelyValid) {
  lifetime_ = -1h; // as it seems to a machine whose clock is ahead
  AccessKeeper access = keeper();
  for (int request = 0; request < 100; ++request) {
    EXPECT_EQ(found_in(access), "1");
  }
  now_ += 10s;
  for (int request = 0; request < 100; ++request) {
    EXPECT_EQ(found_in(access), "2");
  }
}

TEST_F(AccessKeeperTest, LooksOnceForAllWhoWereRefused) {
  AccessKeeper access = keeper();
  const auto refused = access.current(std::stop_token());
  for (int request = 0; request < 8; ++request) {
    access.renew(refused, std::stop_token());
  }
  EXPECT_EQ(found_in(access), "2");
  access.renew(access.current(std::stop_token()), std::stop_token());
  EXPECT_EQ(found_in(access), "3");
}

// Whose credentials live for two minutes, and are looked for in vain from some time on.
class FailingAccessKeeperTest : public AccessKeeperTest {
 protected:
  std::string error_now() {
    return tests::error_of([&] { (void)access_.current(std::stop_token()); }).code();
  }

  std::optional<JobError> failure_;
  AccessKeeper access_{[this](const std::stop_token&) {
                         ++looks_;
                         if (failure_) {
                           throw JobError(*failure_);
                         }
                         Access found;
                         found.found_in = std::to_string(looks_);
                         found.expires = now_ + 2min;
                         return found;
                       },
                       [this] { return now_; }};
};

TEST_F(FailingAccessKeeperTest, KeepsWhatIsValidStillAndLooksAgainLater) {
  failure_ = transient_error("unavailable", "the credential process takes too long");
  now_ += 90s;
  for (int request = 0; request < 100; ++request) {
    EXPECT_EQ(found_in(access_), "1");
  }
  EXPECT_EQ(looks_, 2) << "not with each request";
  now_ += 10s;
  EXPECT_EQ(found_in(access_), "1");
  EXPECT_EQ(looks_, 3);
  failure_.reset();
  now_ += 10s;
  EXPECT_EQ(found_in(access_), "4");
}

TEST_F(FailingAccessKeeperTest, FailsWithEachRequestOnceWhatItHasIsExpired) {
  failure_ = permanent_error("denied", "the credential process failed");
  now_ += 115s;
  EXPECT_EQ(found_in(access_), "1");
  now_ += 5s;
  for (int request = 0; request < 3; ++request) {
    EXPECT_EQ(error_now(), "denied");
  }
  EXPECT_EQ(looks_, 5);
  failure_.reset();
  EXPECT_EQ(found_in(access_), "6");
}

TEST_F(FailingAccessKeeperTest, EndsAsCancelledThoughItHasWhatIsValid) {
  failure_ = cancelled_error();
  now_ += 90s;
  EXPECT_EQ(tests::error_of([&] { (void)access_.current(std::stop_token()); }).error_class(),
            ErrorClass::cancelled);
}

} // namespace
} // namespace nightshift::s3
