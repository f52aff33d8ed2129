// SPDX-License-Identifier: Apache-2.0

#include "core/config/core_schema.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

TEST(CoreSchema, ReadsWholeNumbers) {
  struct Row {
    std::string_view text;
    std::int64_t expected;
  };

  const Row rows[] = {{"0", 0},
                      {"-0", 0},
                      {"42", 42},
                      {"+42", 42},
                      {"-42", -42},
                      {"0x1F", 31},
                      {"0o17", 15},
                      {"9223372036854775807", INT64_MAX},
                      {"-9223372036854775808", INT64_MIN}};
  for (const Row& row : rows) {
    const Value value = read_plain(row.text, {});
    ASSERT_NE(value.as<std::int64_t>(), nullptr) << row.text;
    EXPECT_EQ(*value.as<std::int64_t>(), row.expected) << row.text;
  }
}

TEST(CoreSchema, ReadsRealNumbers) {
  struct Row {
    std::string_view text;
    double expected;
  };

  const Row rows[] = {{"1.5", 1.5}, {"-0.25", -0.25}, {"+1.", 1},      {".5", 0.5},
                      {"1e3", 1e3}, {"1E-3", 1e-3},   {"2.5e+2", 250}, {"0.0", 0}};
  for (const Row& row : rows) {
    const Value value = read_plain(row.text, {});
    ASSERT_NE(value.as<double>(), nullptr) << row.text;
    EXPECT_EQ(*value.as<double>(), row.expected) << row.text;
  }
}

TEST(CoreSchema, ReadsTruthAndNothing) {
  for (const std::string_view text : {"true", "True", "TRUE"}) {
    EXPECT_TRUE(*read_plain(text, {}).as<bool>());
  }
  for (const std::string_view text : {"false", "False", "FALSE"}) {
    EXPECT_FALSE(*read_plain(text, {}).as<bool>());
  }
  for (const std::string_view text : {"", "~", "null", "Null", "NULL"}) {
    EXPECT_TRUE(read_plain(text, {}).is_nothing()) << text;
  }
}

TEST(CoreSchema, TakesAllElseForText) {
  for (const std::string_view text :
       {"yes",  "no",   "on",    "off",   "y",          "tRUE",  "nULL",
        "010",  "-007", "00",    "0x",    "0xG",        "-0x1",  "0x-1",
        "0o8",  "0b1",  "1_000", "1,5",   "1.2.3",      "1e",    "e3",
        ".",    "-",    "+",     ".e3",   "1e+",        ".inf",  "-.Inf",
        ".nan", "inf",  "nan",   "12:30", "5%",         "2h",    "- 1",
        "1 ",   "--1",  "0.5.",  "01.5",  "2001-02-03", "1e999", "9223372036854775808"}) {
    const Value value = read_plain(text, {});
    ASSERT_NE(value.as<std::string>(), nullptr) << text << " is " << value.type_name();
    EXPECT_EQ(*value.as<std::string>(), text);
  }
}

TEST(CoreSchema, KeepsThePosition) {
  for (const std::string_view text : {"", "1", "1.5", "true", "x"}) {
    EXPECT_EQ(read_plain(text, {1, 2, 3}).position(), (SourcePosition{1, 2, 3}));
  }
}

} // namespace
} // namespace nightshift
