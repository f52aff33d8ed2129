// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace nightshift {

namespace {

TEST(Json, KeepsTheOrderOfItsKeys) {
  const Json json = {{"z", 1}, {"a", {{"y", nullptr}, {"b", true}}}};
  EXPECT_EQ(to_line(json), R"({"z":1,"a":{"y":null,"b":true}})");
}

TEST(Json, IsIndentedOnAPage) {
  const Json json = {{"z", 1}, {"list", Json::array()}};
  EXPECT_EQ(to_page(json), "{\n  \"z\": 1,\n  \"list\": []\n}\n");
}

Json item(std::size_t i) {
  return {
      {"id", i}, {"text", "a\nb"}, {"none", nullptr}, {"list", {1, 2}}, {"empty", Json::object()}};
}

TEST(Json, IsWrittenItemByItemAsItWouldBeAsAWhole) {
  for (const std::size_t size : {0U, 1U, 2U, 1000U}) {
    const Json object{{"first", {{"x", 1}}}, {"items", Json::array()}, {"last", "z"}};
    std::string written;
    std::size_t longest = 0;
    write_page(object, {"items", size, [](std::size_t i) { return item(i); }},
               [&](std::string_view piece) {
                 written += piece;
                 longest = std::max(longest, piece.size());
               });
    Json whole = object;
    for (std::size_t i = 0; i < size; ++i) {
      whole["items"].push_back(item(i));
    }
    EXPECT_EQ(written, to_page(whole));
    EXPECT_LT(longest, 66'000U) << "a piece is not the whole";
  }
}

TEST(Json, StaysOnOneLineWhateverIsInIt) {
  EXPECT_EQ(to_line(Json("a\nb\"")), R"("a\nb\"")");
}

TEST(Json, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(to_line(Json("a\xFF")), "\"a\uFFFD\"");
  EXPECT_EQ(to_page(Json("a\xFF")), "\"a\uFFFD\"\n");
}

} // namespace

} // namespace nightshift
