// SPDX-License-Identifier: Apache-2.0

#include "core/config/overrides.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

constexpr SourcePosition k_here{3, 0, 0};

Value tree() {
  return Value::Map{
      {"state_dir", {0, 1, 1}, "var"},
      {"jobs",
       {0, 2, 1},
       Value::List{Value::Map{{"name", {0, 3, 1}, "a"}}, Value::Map{{"name", {0, 4, 1}, "b"}}}}};
}

Value changed(std::string path, std::string value) {
  Diagnostics diagnostics;
  Value result = with_override(tree(), {std::move(path), std::move(value), k_here}, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  return result;
}

std::string mistake(std::string path) {
  Diagnostics diagnostics;
  const Value result = with_override(tree(), {std::move(path), "1", k_here}, diagnostics);
  EXPECT_EQ(result.as<Value::Map>()->size(), 2U);
  EXPECT_EQ(diagnostics.errors().size(), 1U);
  EXPECT_EQ(diagnostics.errors().front().position, k_here);
  return diagnostics.errors().front().message;
}

TEST(Overrides, ReplaceAValue) {
  const Value root = changed("state_dir", "/x");
  EXPECT_EQ(*root.find("state_dir")->as<std::string>(), "/x");
  EXPECT_EQ(root.find("state_dir")->position(), k_here);
}

TEST(Overrides, MakeTheMapsOnTheWay) {
  const Value root = changed("defaults.attempts", "1");
  EXPECT_EQ(*root.find("defaults")->find("attempts")->as<std::int64_t>(), 1);
}

TEST(Overrides, ReachIntoLists) {
  const Value root = changed("jobs.1.params.max_gap", "90min");
  const auto& jobs = *root.find("jobs")->as<Value::List>();
  EXPECT_EQ(*jobs[1].find("params")->find("max_gap")->as<std::string>(), "90min");
  EXPECT_EQ(*jobs[1].find("name")->as<std::string>(), "b");
  EXPECT_EQ(jobs[0].find("params"), nullptr);
}

TEST(Overrides, ReadValuesByTheCoreSchema) {
  EXPECT_TRUE(changed("jobs.0.limit", "")
                  .find("jobs")
                  ->as<Value::List>()
                  ->front()
                  .find("limit")
                  ->is_nothing());
  EXPECT_EQ(changed("x", "true").find("x")->type_name(), "true or false");
  EXPECT_EQ(changed("x", "a=b.c").find("x")->type_name(), "text");
  EXPECT_EQ(*changed("x", "${env:HOME}").find("x")->as<std::string>(), "${env:HOME}");
}

TEST(Overrides, ThatLeadNowhereChangeNothing) {
  EXPECT_EQ(mistake("jobs.2.limit"), "there is no jobs.2; the list has 2 entries, counted from 0");
  EXPECT_EQ(mistake("jobs.first"),
            "there is no jobs.first; the list has 2 entries, counted from 0");
  EXPECT_EQ(mistake("jobs.-1"), "there is no jobs.-1; the list has 2 entries, counted from 0");
  EXPECT_EQ(mistake("state_dir.x"), "state_dir is text and has no keys");
  for (const char* path : {"", ".", "a..b", "jobs."}) {
    EXPECT_EQ(mistake(path), "a path is keys with dots between, such as defaults.attempts");
  }
}

} // namespace
} // namespace nightshift
