// SPDX-License-Identifier: Apache-2.0

#include <nightshift/units.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <optional>
#include <string_view>

namespace nightshift {
namespace {

using namespace std::chrono_literals;

TEST(Duration, IsANumberAndItsUnit) {
  struct Row {
    std::string_view text;
    std::optional<std::chrono::nanoseconds> expected;
  };

  constexpr auto k_none = std::nullopt;
  const Row rows[] = {
      {"500ms", 500ms},
      {"90s", 90s},
      {"120min", 120min},
      {"120m", 120min},
      {"24h", 24h},
      {"1.5d", 36h},
      {".5h", 30min},
      {"0", 0s},
      {"0s", 0s},
      {"0.0", 0s},
      {"", k_none},
      {"90", k_none},
      {"s", k_none},
      {"-1s", k_none},
      {"+1s", k_none},
      {"1 h", k_none},
      {" 1h", k_none},
      {"1h ", k_none},
      {"1H", k_none},
      {"2 hours", k_none},
      {"1h30min", k_none},
      {"1e3s", k_none},
      {"inf", k_none},
      {"infs", k_none},
      {"nans", k_none},
      {"0x10s", k_none},
      {"1,5h", k_none},
      {"1w", k_none},
      {"1000000000s", 1'000'000'000s},
      {"9999999999s", k_none},
      {"999999999d", k_none},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(parse_duration(row.text), row.expected) << row.text;
  }
}

TEST(Duration, IsPrintedInTheLargestUnitThatLeavesAWholeNumber) {
  EXPECT_EQ(print_duration(7200s), "2h");
  EXPECT_EQ(print_duration(90s), "90s");
  EXPECT_EQ(print_duration(90min), "90min");
  EXPECT_EQ(print_duration(36h), "36h");
  EXPECT_EQ(print_duration(48h), "2d");
  EXPECT_EQ(print_duration(1ms), "1ms");
  EXPECT_EQ(print_duration(0s), "0");
}

TEST(Duration, OfAnyLengthCanBePrinted) {
  const std::chrono::duration<double> endless(std::numeric_limits<double>::max());
  EXPECT_EQ(print_duration(endless), "2500000h");
  EXPECT_EQ(print_duration(-endless), "-2500000h");
}

TEST(Duration, SurvivesPrintingAndParsing) {
  for (const auto duration : {1ms, 999ms, 1000ms, 60'000ms, 86'400'000ms, 86'400'001ms}) {
    EXPECT_EQ(parse_duration(print_duration(duration)), duration);
  }
}

TEST(Share, IsAPercentageUpToAHundred) {
  EXPECT_EQ(parse_share("20%"), 0.2);
  EXPECT_EQ(parse_share("0%"), 0.0);
  EXPECT_EQ(parse_share("100%"), 1.0);
  EXPECT_EQ(parse_share("0.5%"), 0.005);
  for (const std::string_view text : {"", "%", "20", "0.2", "101%", "-1%", "20 %", "20%%"}) {
    EXPECT_EQ(parse_share(text), std::nullopt) << text;
  }
}

TEST(TimeZone, IsAnOffsetOrANameOfTheUsualForm) {
  for (const std::string_view text :
       {"-06:00", "+00:00", "+05:45", "+14:00", "-12:00", "UTC", "Europe/Brussels", "Etc/GMT+5",
        "America/Port-au-Prince", "America/Argentina/Buenos_Aires", "EST5EDT"}) {
    EXPECT_TRUE(is_time_zone(text)) << text;
  }
  for (const std::string_view text :
       {"", "6", "-6", "-6:00", "-0600", "06:00", "-06:60", "+14:01", "-12:01", "+99:00", "-06:0a",
        "Z", "Europe/", "/Europe", "Europe//Brussels", "Europe Brussels", "5EST", "Zürich"}) {
    EXPECT_FALSE(is_time_zone(text)) << text;
  }
}

} // namespace
} // namespace nightshift
