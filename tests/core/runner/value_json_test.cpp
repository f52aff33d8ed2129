// SPDX-License-Identifier: Apache-2.0

#include "core/runner/value_json.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

Value unexpected(const std::string& text) {
  ADD_FAILURE() << "nothing was to be resolved: " << text;
  return {};
}

TEST(ValueJson, ComesBackAsItWas) {
  const Json json = Json::parse(
      R"({"text":"a","whole":5,"real":1.5,"yes":true,"none":null,"list":[1,"b"],"map":{"k":[]}})");
  EXPECT_EQ(to_json(value_from_json(json, unexpected)), json);
}

TEST(ValueJson, NeverHoldsWhatWasResolved) {
  Value secret("hunter2");
  secret.set_unresolved("${env:PASSWORD}");
  const Value params(Value::Map{{"password", {}, secret}});
  const Json json = to_json(params);
  EXPECT_EQ(to_line(json).find("hunter2"), std::string::npos);
  const Value back = value_from_json(json, [](const std::string& text) {
    EXPECT_EQ(text, "${env:PASSWORD}");
    return Value("hunter2");
  });
  EXPECT_EQ(*back.find("password")->as<std::string>(), "hunter2");
}

TEST(ValueJson, KeepsTheOrderOfAMap) {
  const Value value(Value::Map{{"z", {}, Value(1)}, {"a", {}, Value(2)}});
  EXPECT_EQ(to_line(to_json(value)), R"({"z":1,"a":2})");
}

} // namespace
} // namespace nightshift
