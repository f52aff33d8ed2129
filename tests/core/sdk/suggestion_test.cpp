// SPDX-License-Identifier: Apache-2.0

#include <nightshift/suggestion.hpp>

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

TEST(EditDistance, CountsInsertionsRemovalsReplacementsAndSwaps) {
  struct Row {
    std::string_view a;
    std::string_view b;
    std::size_t expected;
  };

  const Row rows[] = {{"", "", 0},           {"", "abc", 3},          {"limit", "limit", 0},
                      {"limt", "limit", 1},  {"limiit", "limit", 1},  {"lamit", "limit", 1},
                      {"ilmit", "limit", 1}, {"kitten", "sitting", 3}};
  for (const Row& row : rows) {
    EXPECT_EQ(edit_distance(row.a, row.b), row.expected) << row.a << " " << row.b;
    EXPECT_EQ(edit_distance(row.b, row.a), row.expected) << row.b << " " << row.a;
  }
}

TEST(DidYouMean, NamesTheNearestWord) {
  const std::vector<std::string> known{"attempts", "timeout", "max_failed"};
  EXPECT_EQ(did_you_mean("atempts", known), "did you mean \"attempts\"?");
  EXPECT_EQ(did_you_mean("timeuot", known), "did you mean \"timeout\"?");
}

TEST(DidYouMean, SaysNothingWhereNothingIsNear) {
  const std::vector<std::string> known{"attempts", "timeout"};
  EXPECT_EQ(did_you_mean("colour", known), "");
  EXPECT_EQ(did_you_mean("x", known), "");
  EXPECT_EQ(did_you_mean("x", std::vector<std::string>{}), "");
}

TEST(DidYouMean, TakesTheFirstOfEquals) {
  EXPECT_EQ(did_you_mean("cat", std::vector<std::string>{"bat", "rat"}), "did you mean \"bat\"?");
}

TEST(DidYouMean, DoesNotEvenTryWordsThatNobodyTypes) {
  const std::string word(1'000'000, 'a');
  EXPECT_EQ(did_you_mean(word, std::vector<std::string>{word}), "");
}

} // namespace
} // namespace nightshift
