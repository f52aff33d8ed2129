// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"
#include "core/serve/fields.hpp"

#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

const std::vector<Field> k_fields{{"limit", FieldKind::integer, "", 1, 10, {}, true},
                                  {"now", FieldKind::flag, ""},
                                  {"name", FieldKind::text, "", 1, 5},
                                  {"status", FieldKind::words, "", 0, 0, {"SUCCESS", "FAILURE"}}};

// The fields that are told to be wrong.
template <class Work>
Json wrong(Work work) {
  try {
    work();
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status(), 400);
    return Json::parse(*error.response().body)["fields"];
  }
  return {};
}

TEST(CheckQuery, GivesEachFieldItsKind) {
  EXPECT_EQ(check_query(k_fields, {{"limit", "7"}, {"now", ""}, {"status", "success,FAILURE"}}),
            Json({{"limit", 7}, {"now", true}, {"status", {"SUCCESS", "FAILURE"}}}));
  EXPECT_EQ(check_query(k_fields, {{"now", "False"}}), Json({{"now", false}}));
}

TEST(CheckQuery, TellsAllThatIsWrongAtOnce) {
  const Json fields = wrong([] {
    (void)check_query(k_fields, {{"limit", "11"},
                                 {"now", "perhaps"},
                                 {"name", "too long"},
                                 {"status", "DONE"},
                                 {"other", "1"}});
  });
  EXPECT_EQ(fields.size(), 5U) << fields;
  EXPECT_EQ(fields["limit"], Json::array({"must be from 1 to 10"}));
  EXPECT_EQ(fields["other"], Json::array({"is not known here"}));
}

TEST(CheckQuery, AFieldThatComesTwiceIsWrong) {
  EXPECT_EQ(wrong([] {
              (void)check_query(k_fields, {{"limit", "1"}, {"limit", "2"}});
            }),
            Json({{"limit", Json::array({"is given more than once"})}}));
}

TEST(CheckBody, TakesTheTypesOfJsonOnly) {
  const Json body{{"limit", nullptr}, {"now", true}, {"name", "night"}};
  EXPECT_EQ(check_body(k_fields, body), body);
  const Json fields = wrong([] {
    (void)check_body(k_fields, {{"limit", "1"}, {"now", 1}, {"name", 2}});
  });
  EXPECT_EQ(fields.size(), 3U) << fields;
}

TEST(CheckBody, RefusesNumbersThatAreNotWholeOrBeyondAll) {
  for (const char* const text : {"1.5", "1e3", "18446744073709551615", "-9223372036854775808"}) {
    EXPECT_TRUE(wrong([&] {
                  (void)check_body(k_fields, {{"limit", Json::parse(text)}});
                }).contains("limit"))
        << text;
  }
}

TEST(CheckBody, ANameHoldsNoControlCharacters) {
  EXPECT_TRUE(wrong([] { (void)check_body(k_fields, {{"name", "a\nb"}}); }).contains("name"));
  EXPECT_TRUE(wrong([] { (void)check_body(k_fields, {{"name", "\x1B[m"}}); }).contains("name"));
  EXPECT_TRUE(wrong([] { (void)check_body(k_fields, {{"name", ""}}); }).contains("name"));
}

TEST(CheckBody, OnlyAnObjectIsABody) {
  EXPECT_THROW((void)check_body(k_fields, Json::array()), ApiError);
  EXPECT_THROW((void)check_body(k_fields, Json("text")), ApiError);
}

} // namespace
} // namespace nightshift::serve
