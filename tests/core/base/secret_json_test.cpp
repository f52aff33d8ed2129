// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"
#include "core/base/secret_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace nightshift {
namespace {

std::map<std::string, std::string> read(std::string_view text) {
  std::map<std::string, std::string> all;
  const auto members = read_secret_object(text);
  EXPECT_TRUE(members) << text;
  for (const auto& [name, value] : members.value_or(std::map<std::string, Secret>())) {
    all[name] = value.reveal();
  }
  return all;
}

TEST(SecretJson, HasTheMembersOfAnObject) {
  using testing::Pair;
  EXPECT_THAT(read(R"( {"Version": 1, "Key" : "a/b+c=", "on":true, "deep": {"Key": ["x", {}]},
                       "none": null, "number": -1.50e+3} )"),
              testing::UnorderedElementsAre(Pair("Version", "1"), Pair("Key", "a/b+c="),
                                            Pair("on", "true"), Pair("deep", ""),
                                            Pair("none", "null"), Pair("number", "-1.50e+3")));
  EXPECT_TRUE(read("{}").empty());
}

TEST(SecretJson, TakesTheLastOfWhatStandsTwice) {
  EXPECT_EQ(read(R"({"a": "1", "a": "2"})").at("a"), "2");
}

TEST(SecretJson, UnderstandsEscapes) {
  EXPECT_EQ(read(R"({"a": "\"\\\/\b\f\n\r\t\u00e9\u20AC\ud83e\udd8b é"})").at("a"),
            "\"\\/\b\f\n\r\t\u00e9\u20ac\U0001F98B \u00e9");
}

TEST(SecretJson, IsNoOtherThanAnObject) {
  for (const std::string_view text : {"", "[]", "1", "\"a\"", "{} {}", "{", "null", "{}x"}) {
    EXPECT_FALSE(read_secret_object(text)) << text;
  }
}

TEST(SecretJson, EndsSomewhere) {
  EXPECT_FALSE(read_secret_object("{\"a\": " + std::string(100'000, '[')));
  const std::string deep = "{\"a\": " + std::string(62, '[') + std::string(62, ']') + "}";
  EXPECT_TRUE(read_secret_object(deep));
}

// Texts that are nearly JSON: the other parser decides.
TEST(SecretJson, AcceptsWhatTheOtherParserAcceptsAndReadsTheSame) {
  const std::string_view whole =
      R"({"Version": 1, "a": "x\u00e9\n\"", "b": [-0.5, 1e3, {"c": null}], "d": true})";
  constexpr std::string_view k_bytes = "{}[]\",:\\u0123456789eE+-. tfn\x01\xC3\xA9\xFF";
  std::mt19937 random(20'240'601);
  int accepted = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text(whole);
    for (auto changes = random() % 3; changes > 0; --changes) {
      text[random() % text.size()] = k_bytes[random() % k_bytes.size()];
    }
    const Json other = Json::parse(text, nullptr, false);
    const auto members = read_secret_object(text);
    ASSERT_EQ(members.has_value(), other.is_object()) << text;
    for (const auto& [name, value] : members.value_or(std::map<std::string, Secret>())) {
      ++accepted;
      if (other.at(name).is_string()) {
        ASSERT_EQ(value.reveal(), other.at(name).get<std::string>()) << text;
      }
    }
  }
  EXPECT_GT(accepted, 1000);
}

} // namespace
} // namespace nightshift
