// SPDX-License-Identifier: Apache-2.0

#include "core/storage/decode_url.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace nightshift {
namespace {

std::optional<std::string> url_decoded(std::string text) {
  text.insert(0, "%zz");
  return decode_url(text, 3) ? std::optional(text.substr(3)) : std::nullopt;
}

TEST(DecodeUrl, PercentCodesAreDecodedAndAPlusIsASpace) {
  EXPECT_EQ(url_decoded("a%2Fb%2fc%20d+e%2B.jpg"), "a/b/c d e+.jpg");
  EXPECT_EQ(url_decoded("%25%FF%00x"), std::string("%\xFF\0x", 4));
  EXPECT_EQ(url_decoded(""), "");
}

TEST(DecodeUrl, APercentSignThatBeginsNothingIsRefused) {
  for (const char* text : {"%", "a%2", "%g0", "%0g", "100%", "%%41", "%-1", "% 1"}) {
    EXPECT_FALSE(url_decoded(text)) << text;
  }
}

} // namespace
} // namespace nightshift
