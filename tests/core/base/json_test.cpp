// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"

#include <gtest/gtest.h>

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

TEST(Json, StaysOnOneLineWhateverIsInIt) {
  EXPECT_EQ(to_line(Json("a\nb\"")), R"("a\nb\"")");
}

TEST(Json, ReplacesBytesThatAreNoUtf8) {
  EXPECT_EQ(to_line(Json("a\xFF")), "\"a\uFFFD\"");
  EXPECT_EQ(to_page(Json("a\xFF")), "\"a\uFFFD\"\n");
}

} // namespace

} // namespace nightshift
