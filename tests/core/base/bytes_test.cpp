// SPDX-License-Identifier: Apache-2.0

#include "core/base/bytes.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightshift {
namespace {

std::string letters(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) {
    text.push_back(static_cast<char>('a' + i % 26));
  }
  return text;
}

// Calls `claim(text, at)` for a text of each length and each place in it: texts as short as what is
// compared by bytes and by halves of a word, and of several words.
template <class Claim>
void at_each_place(Claim claim) {
  constexpr std::size_t k_most_letters = 40;
  for (std::size_t size = 1; size <= k_most_letters; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      claim(letters(size), at);
    }
  }
}

TEST(Bytes, TextsAreTheSameOnlyIfNoByteDiffers) {
  EXPECT_TRUE(is_same("", ""));
  EXPECT_FALSE(is_same("a", ""));
  at_each_place([](const std::string& text, std::size_t at) {
    EXPECT_TRUE(is_same(text, std::string(text)));
    std::string other = text;
    other[at] = static_cast<char>(other[at] ^ '\x80');
    EXPECT_FALSE(is_same(text, other)) << text << " at " << at;
    EXPECT_FALSE(is_same(text, text.substr(0, at)));
  });
}

TEST(Bytes, TheFirstOfAByteInAWordIsFound) {
  EXPECT_EQ(offset_in_word("abcdefgh", 'x'), 8);
  for (int at = 0; at < 8; ++at) {
    std::string word = "\x01\x80\xFF\x7F\x01\x01\x02\x03"; // near the byte that is looked for
    word.at(static_cast<std::size_t>(at)) = '\0';
    word.back() = '\0';
    EXPECT_EQ(offset_in_word(word.data(), '\0'), at);
  }
}

TEST(Bytes, AByteThatIsLookedForIsFoundWhereverItStands) {
  EXPECT_FALSE((has_any_of<'%', '\xFF'>("")));
  at_each_place([](std::string text, std::size_t at) {
    EXPECT_FALSE((has_any_of<'%', '\xFF'>(text))) << text;
    text[at] = '%';
    EXPECT_TRUE((has_any_of<'\xFF', '%'>(text))) << text;
    text[at] = '\xFF';
    EXPECT_TRUE((has_any_of<'\xFF', '%'>(text))) << text;
    text[at] = '$'; // next to the one, as '&' is to it
    EXPECT_FALSE((has_any_of<'%', '\xFF'>(text))) << text;
  });
}

TEST(Bytes, AByteBeyondAsciiIsFoundWhereverItStands) {
  EXPECT_TRUE(is_ascii(""));
  at_each_place([](std::string text, std::size_t at) {
    text[at] = '\x7F';
    EXPECT_TRUE(is_ascii(text)) << text;
    text[at] = '\x80';
    EXPECT_FALSE(is_ascii(text)) << text;
  });
}

} // namespace
} // namespace nightshift
