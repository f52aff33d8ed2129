// SPDX-License-Identifier: Apache-2.0

#include "core/base/time.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <string>

namespace nightshift {

namespace {

using namespace std::chrono;

constexpr TimePoint at(sys_days day, microseconds of_day = microseconds(0)) {
  return TimePoint(day) + of_day;
}

constexpr auto k_seed = at(2025y / January / 14, 21h + 48min + 29s + 104233us);

// The host's zone for the length of a test.
class Zone {
 public:
  explicit Zone(const char* name) {
    if (const char* before = std::getenv("TZ")) {
      before_ = before;
    }
    ::setenv("TZ", name, 1);
    ::tzset();
  }

  Zone(const Zone&) = delete;
  Zone& operator=(const Zone&) = delete;

  ~Zone() {
    before_.empty() ? ::unsetenv("TZ") : ::setenv("TZ", before_.c_str(), 1);
    ::tzset();
  }

 private:
  std::string before_;
};

TEST(UtcText, HasSixDigitsOfFraction) {
  EXPECT_EQ(utc_text(k_seed), "2025-01-14T21:48:29.104233Z");
  EXPECT_EQ(utc_text(at(1970y / January / 1)), "1970-01-01T00:00:00.000000Z");
}

TEST(UtcText, CountsFractionsUpwardsBefore1970Too) {
  EXPECT_EQ(utc_text(at(1970y / January / 1, -1us)), "1969-12-31T23:59:59.999999Z");
}

TEST(ParseUtc, IsTheInverse) {
  for (const TimePoint time : {k_seed, at(1969y / July / 20, 1us), at(2000y / February / 29),
                               at(9999y / December / 31, 24h - 1us)}) {
    EXPECT_EQ(parse_utc(utc_text(time)), time) << utc_text(time);
  }
}

TEST(ParseUtc, TakesNoOtherForm) {
  for (const char* text :
       {"", "2025-01-14", "2025-01-14T21:48:29Z", "2025-01-14T21:48:29.104233",
        "2025-01-14 21:48:29.104233Z", "2025-02-29T00:00:00.000000Z", "2025-00-14T21:48:29.104233Z",
        "2025-01-14T24:00:00.000000Z", "2025-01-14T21:60:29.104233Z", "2025-01-14T21:48:60.104233Z",
        "2025-01-14T21:48:29.10423xZ", "2025-01-14T21:48:29.104233Z ",
        "+025-01-14T21:48:29.104233Z", "2025-01-14T-1:48:29.104233Z"}) {
    EXPECT_FALSE(parse_utc(text)) << text;
  }
}

TEST(LocalText, IsInTheHostsZoneWithoutSayingSo) {
  const Zone zone("XST+5:30"); // POSIX's sign: five and a half hours behind UTC
  EXPECT_EQ(local_text(k_seed), "2025-01-14T16:18:29.104233");
  EXPECT_EQ(local_log_text(k_seed), "2025-01-14 16:18:29");
}

TEST(WallText, KnowsNoZone) {
  const Zone zone("XST+5:30");
  EXPECT_EQ(
      wall_text(local_seconds(sys_days(2021y / August / 1).time_since_epoch()) + 2h + 30min + 1s),
      "2021-08-01T02:30:01");
}

TEST(SystemNow, IsBetweenTheClocksReadings) {
  const auto before = floor<microseconds>(system_clock::now());
  const TimePoint now = system_now();
  EXPECT_LE(before, now);
  EXPECT_LE(now, system_clock::now());
}

TEST(Time, AMomentIsADateATimeOrADurationBeforeNow) {
  const Zone zone("UTC-2"); // two hours ahead of UTC
  EXPECT_EQ(parse_moment("2d", k_seed), k_seed - days(2));
  EXPECT_EQ(parse_moment("90min", k_seed), k_seed - minutes(90));
  EXPECT_EQ(parse_moment("2025-01-14", k_seed), at(2025y / January / 13, 22h));
  EXPECT_EQ(parse_moment("2025-01-14Z", k_seed), at(2025y / January / 14));
  EXPECT_EQ(parse_moment("2025-01-14T21:48", k_seed), at(2025y / January / 14, 19h + 48min));
  EXPECT_EQ(parse_moment("2025-01-14 21:48:29", k_seed),
            at(2025y / January / 14, 19h + 48min + 29s));
  EXPECT_EQ(parse_moment("2025-01-14T21:48:29Z", k_seed),
            at(2025y / January / 14, 21h + 48min + 29s));
}

TEST(Time, AnythingElseIsNoMoment) {
  for (const char* text : {"", "Z", "yesterday", "2025", "2025-02-30", "2025-01-14T25:00",
                           "2025-01-14T21", "2 d", "-2d", "2025-01-14T21:48:29.5"}) {
    EXPECT_FALSE(parse_moment(text, k_seed)) << text;
  }
}

} // namespace

} // namespace nightshift
