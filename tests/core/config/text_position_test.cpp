// SPDX-License-Identifier: Apache-2.0

#include "core/config/text_position.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace nightshift {
namespace {

constexpr std::string_view k_text = "ab\r\n\nz\xC3\xBCx\n";

TEST(TextPositions, CountLinesAndCharacters) {
  TextPositions positions(k_text, 7);
  EXPECT_EQ(positions.at(0), (SourcePosition{7, 1, 1}));
  EXPECT_EQ(positions.at(1), (SourcePosition{7, 1, 2}));
  EXPECT_EQ(positions.at(4), (SourcePosition{7, 2, 1}));
  EXPECT_EQ(positions.at(5), (SourcePosition{7, 3, 1}));
  EXPECT_EQ(positions.at(6), (SourcePosition{7, 3, 2}));
  EXPECT_EQ(positions.at(8), (SourcePosition{7, 3, 3})); // after the two bytes of "ü"
}

TEST(TextPositions, AreTheSameInAnyOrder) {
  for (std::size_t first = 0; first <= k_text.size(); ++first) {
    for (std::size_t second = 0; second <= k_text.size(); ++second) {
      TextPositions positions(k_text, 0);
      static_cast<void>(positions.at(first));
      EXPECT_EQ(positions.at(second), position_at(k_text, second, 0)) << first << " " << second;
    }
  }
}

TEST(TextPositions, EndWithTheText) {
  EXPECT_EQ(position_at(k_text, 1000, 0), (SourcePosition{0, 4, 1}));
  EXPECT_EQ(position_at("", 0, 0), (SourcePosition{0, 1, 1}));
}

} // namespace
} // namespace nightshift
