// SPDX-License-Identifier: Apache-2.0

#include "core/base/text.hpp"
#include "tests/support/oracle.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace nightshift {

namespace {

TEST(KeyFromName, AgreesWithAntenna) {
  for (const Json& row : tests::read_oracle_jsonl("stage_keys_public.jsonl")) {
    EXPECT_EQ(key_from_name(row.at("name").get<std::string>()), row.at("key").get<std::string>())
        << row;
  }
}

TEST(KeyFromName, PassesOverBytesThatAreNoUtf8) {
  EXPECT_EQ(key_from_name("Total\xFF files\xC3"), "total_files");
}

TEST(SizeLabel, AgreesWithAntenna) {
  for (const auto& row : tests::read_oracle_csv("filesize_labels_public.csv")) {
    EXPECT_EQ(size_label(std::stoll(row.at("bytes"))), row.at("label")) << row.at("bytes");
  }
}

TEST(SizeLabel, HasAWordForEverySize) {
  EXPECT_EQ(size_label(0), "0\u00A0bytes");
  EXPECT_EQ(size_label(std::numeric_limits<std::int64_t>::max()), "8192.0\u00A0PB");
  EXPECT_EQ(size_label(std::numeric_limits<std::int64_t>::min()), "-8192.0\u00A0PB");
}

TEST(DurationLabel, AgreesWithAntenna) {
  for (const auto& row : tests::read_oracle_csv("duration_labels_public.csv")) {
    const std::string& seconds = row.at("seconds");
    if (seconds.empty()) { // Antenna's "no duration", for which we have no value
      EXPECT_EQ(row.at("label"), "");
      continue;
    }
    const auto whole = static_cast<std::int64_t>(std::stod(seconds));
    EXPECT_EQ(duration_label(std::chrono::seconds(whole)), row.at("label")) << seconds;
  }
}

TEST(Grouped, SetsACommaAtEveryThousand) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1,000");
  EXPECT_EQ(grouped(1234567), "1,234,567");
  EXPECT_EQ(grouped(-999), "-999");
  EXPECT_EQ(grouped(-123456), "-123,456");
  EXPECT_EQ(grouped(std::numeric_limits<std::int64_t>::min()), "-9,223,372,036,854,775,808");
}

TEST(OneLine, WritesOutWhatCouldForgeALineOrAColour) {
  EXPECT_EQ(one_line("a\nb\tc\rd"), "a\\nb\\tc\\rd");
  EXPECT_EQ(one_line("\x1B[31mred\x7F"), "\\x1B[31mred\\x7F");
  EXPECT_EQ(one_line(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(one_line("\u009B31m"), "\\x9B31m"); // the one-character form of ESC [
}

TEST(OneLine, LeavesTheRestAsItIs) {
  EXPECT_EQ(one_line("é 夜蛾 🦋 \\ \u00A0 \xFF \xC2"), "é 夜蛾 🦋 \\ \u00A0 \xFF \xC2");
}

TEST(DisplayWidth, CountsColumnsNotBytes) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("Fluß"), 4U);
  EXPECT_EQ(display_width("夜蛾"), 4U);
  EXPECT_EQ(display_width("e\u0301"), 1U); // an accent of its own
  EXPECT_EQ(display_width("a\xFFz"), 3U);
}

} // namespace

} // namespace nightshift
