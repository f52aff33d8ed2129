// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/unicode_digits.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightshift::data_storage_sync {
namespace {

std::string utf8(std::uint32_t code_point) {
  const auto tail = [&](unsigned shift) {
    return static_cast<char>(0x80U | ((code_point >> shift) & 0x3FU));
  };
  if (code_point < 0x80) {
    return {static_cast<char>(code_point)};
  }
  if (code_point < 0x800) {
    return {static_cast<char>(0xC0U | code_point >> 6U), tail(0)};
  }
  if (code_point < 0x10000) {
    return {static_cast<char>(0xE0U | code_point >> 12U), tail(6), tail(0)};
  }
  return {static_cast<char>(0xF0U | code_point >> 18U), tail(12), tail(6), tail(0)};
}

TEST(ForeignDigits, AreSixHundredAndFiftyInUnicode14) {
  int digits = 0; // 660 have category Nd; ten of them are ASCII's
  for (std::uint32_t code_point = 0; code_point <= 0x10FFFF; ++code_point) {
    digits += is_foreign_digit(utf8(code_point)) ? 1 : 0;
  }
  EXPECT_EQ(digits, 650);
}

TEST(ForeignDigits, AreToldFromTheirNeighbours) {
  EXPECT_FALSE(is_foreign_digit(""));
  EXPECT_FALSE(is_foreign_digit("7"));
  EXPECT_FALSE(is_foreign_digit(utf8(0x065F)));
  EXPECT_TRUE(is_foreign_digit(utf8(0x0660))); // Arabic-Indic
  EXPECT_TRUE(is_foreign_digit(utf8(0x0669)));
  EXPECT_FALSE(is_foreign_digit(utf8(0x066A)));
  EXPECT_TRUE(is_foreign_digit(utf8(0x1D7CE))); // mathematical, five styles without a break
  EXPECT_TRUE(is_foreign_digit(utf8(0x1D7FF)));
  EXPECT_FALSE(is_foreign_digit(utf8(0x1D7CD)));
  EXPECT_FALSE(is_foreign_digit("\u00B2")); // superscript two is a number, but no digit
  EXPECT_FALSE(is_foreign_digit("\u591C"));
}

} // namespace
} // namespace nightshift::data_storage_sync
