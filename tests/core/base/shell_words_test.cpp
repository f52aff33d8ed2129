// SPDX-License-Identifier: Apache-2.0

#include "core/base/shell_words.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using Words = std::vector<std::string>;

// Expected: what shlex.split of CPython 3.11 says.
TEST(ShellWords, AreWhatPythonsShlexTakesALineApartInto) {
  const std::vector<std::pair<std::string_view, Words>> cases{
      {"", {}},
      {" \t\n", {}},
      {"a  b\tc\nd\re", {"a", "b", "c", "d", "e"}},
      {"'a b' \"c d\"", {"a b", "c d"}},
      {"a'b'\"c\"d", {"abcd"}},
      {"'' \"\"", {"", ""}},
      {R"(a\ b \' \\)", {"a b", "'", "\\"}},
      {R"('a\b' "a\b" "a\"b" "a\\b")", {"a\\b", "a\\b", "a\"b", "a\\b"}},
      {"a | b > c & $D `e` ~ * # f",
       {"a", "|", "b", ">", "c", "&", "$D", "`e`", "~", "*", "#", "f"}},
      {"\xC3\xBC '\xFF'", {"\xC3\xBC", "\xFF"}},
  };
  for (const auto& [line, words] : cases) {
    EXPECT_EQ(split_like_shell(line), words) << line;
  }
}

TEST(ShellWords, AreNoneWhereAQuoteIsNotClosed) {
  for (const std::string_view line : {"'a", "a \"b", "a\\", "\"a\\", R"("a\")"}) {
    EXPECT_EQ(split_like_shell(line), std::nullopt) << line;
  }
}

} // namespace
} // namespace nightshift
