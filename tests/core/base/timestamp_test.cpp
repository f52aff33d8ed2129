// SPDX-License-Identifier: Apache-2.0

#include "core/base/timestamp.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace nightshift {
namespace {

constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::int64_t k_evening = 1'690'857'001 * k_second; // 2023-08-01T02:30:01Z

struct Row {
  std::string_view text;
  std::optional<std::int64_t> expected;
};

TEST(ParseRfc3339, ReadsTimesWithTheirOffsets) {
  const Row rows[] = {
      {"1970-01-01T00:00:00Z", 0},
      {"2023-08-01T02:30:01Z", k_evening},
      {"2023-08-01t02:30:01z", k_evening},
      {"2023-08-01 02:30:01Z", k_evening},
      {"2023-08-01T02:30:01.000Z", k_evening},
      {"2023-08-01T02:30:01.25Z", k_evening + 250'000'000},
      {"2023-08-01T02:30:01.123456789Z", k_evening + 123'456'789},
      {"2023-08-01T02:30:01.1234567899Z", k_evening + 123'456'789},
      {"2023-08-01T04:30:01+02:00", k_evening},
      {"2023-08-01T04:30:01+0200", k_evening},
      {"2023-07-31T20:30:01-06:00", k_evening},
      {"2023-08-01T08:15:01+05:45", k_evening},
      {"2023-08-01T02:30:00.5+00:00", k_evening - k_second / 2},
      {"1969-12-31T23:59:58.5Z", -3 * k_second / 2},
      {"2016-12-31T23:59:60Z", 1'483'228'800 * k_second}, // a leap second
      {"2024-02-29T00:00:00Z", 1'709'164'800 * k_second},
      {"0001-01-01T00:00:00Z", std::numeric_limits<std::int64_t>::min()},
      {"9999-12-31T23:59:59Z", std::numeric_limits<std::int64_t>::max()},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(parse_rfc3339(row.text), row.expected) << row.text;
  }
}

TEST(ParseRfc3339, TakesNothingElse) {
  for (const char* text : {"",
                           "2023-08-01",
                           "2023-08-01T02:30:01",
                           "2023-08-01T02:30Z",
                           "2023-8-1T02:30:01Z",
                           "2023-02-29T00:00:00Z",
                           "2023-13-01T00:00:00Z",
                           "2023-00-01T00:00:00Z",
                           "2023-08-01T24:00:00Z",
                           "2023-08-01T02:60:01Z",
                           "2023-08-01T02:30:61Z",
                           "2023-08-01T02:30:01.Z",
                           "2023-08-01T02:30:01Z ",
                           " 2023-08-01T02:30:01Z",
                           "2023-08-01T02:30:01+2",
                           "2023-08-01T02:30:01+24:00",
                           "2023-08-01T02:30:01+02:60",
                           "+023-08-01T02:30:01Z",
                           "2023-08-01X02:30:01Z",
                           "1690857001"}) {
    EXPECT_FALSE(parse_rfc3339(text)) << text;
  }
}

TEST(ParseEpochSeconds, ReadsDecimalsToTheNanosecond) {
  const Row rows[] = {{"0", 0},
                      {"1690857001", k_evening},
                      {"1690857001.5", k_evening + k_second / 2},
                      {"1690857001.1234567890", k_evening + 123'456'789},
                      {"-1.5", -3 * k_second / 2},
                      {"-0.000000001", -1},
                      {"007", 7 * k_second},
                      {"9999999999", std::numeric_limits<std::int64_t>::max()}};
  for (const Row& row : rows) {
    EXPECT_EQ(parse_epoch_seconds(row.text), row.expected) << row.text;
  }
}

TEST(ParseEpochSeconds, TakesNeitherMillisecondsNorAnythingElse) {
  for (const char* text : {"", "-", ".", "1.", ".5", "1690857001000", "1e9", "+1", "1 ", " 1",
                           "0x10", "1.5.5", "--1", "1.-5", "NaN"}) {
    EXPECT_FALSE(parse_epoch_seconds(text)) << text;
  }
}

} // namespace
} // namespace nightshift
