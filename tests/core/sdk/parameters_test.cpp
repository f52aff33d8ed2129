// SPDX-License-Identifier: Apache-2.0

#include <nightshift/parameters.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

std::vector<ParameterSpec> every_type() {
  return {
      {.key = "name", .help = "Text.", .required = true, .minimum = 1, .maximum = 20},
      {.key = "tries",
       .type = ParameterType::integer,
       .fallback = 3,
       .help = "Whole.",
       .minimum = 1,
       .maximum = 10},
      {.key = "factor", .type = ParameterType::number, .help = "Number.", .minimum = -90},
      {.key = "eager", .type = ParameterType::boolean, .fallback = true, .help = "Truth."},
      {.key = "gap",
       .type = ParameterType::duration,
       .fallback = "120min",
       .help = "Duration.",
       .minimum = 1},
      {.key = "delay", .type = ParameterType::seconds, .help = "Seconds.", .maximum = 3600},
      {.key = "share", .type = ParameterType::share, .help = "Share.", .maximum = 0.07},
      {.key = "zone", .type = ParameterType::time_zone, .help = "Zone."},
      {.key = "words", .type = ParameterType::texts, .help = "Words.", .minimum = 1},
      {.key = "colour", .help = "Choice.", .choices = {"red", "green"}},
      {.key = "things", .type = ParameterType::list, .help = "List."},
      {.key = "pairs", .type = ParameterType::map, .help = "Map."},
  };
}

Value map_of(Value::Map members) {
  return {std::move(members), {0, 1, 1}};
}

// The mistakes in a map that is right but for one member, each as "message [hint]".
std::vector<std::string> mistakes(std::string key, Value value) {
  Diagnostics diagnostics;
  Value::Map map{{"name", {}, "x"}};
  if (key == "name") {
    map.clear();
  }
  map.push_back({std::move(key), {}, std::move(value)});
  check_parameters(map_of(std::move(map)), every_type(), "a thing", diagnostics);
  std::vector<std::string> found;
  for (const Diagnostic& error : diagnostics.errors()) {
    found.push_back(error.hint.empty() ? error.message
                                       : fmt::format("{} [{}]", error.message, error.hint));
  }
  return found;
}

TEST(Parameters, GiveWhatWasWrittenAndTheDefaultsElsewhere) {
  Diagnostics diagnostics;
  const Parameters parameters(map_of({{"name", {}, "moth"},
                                      {"factor", {}, 2},
                                      {"gap", {}, "1h"},
                                      {"delay", {}, 1.5},
                                      {"share", {}, "5%"},
                                      {"words", {}, Value::List{"a", "b"}},
                                      {"eager", {}, Value()}}),
                              every_type(), "a thing", diagnostics);
  ASSERT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(parameters.text("name"), "moth");
  EXPECT_EQ(parameters.integer("tries"), 3);
  EXPECT_EQ(parameters.number("factor"), 2);
  EXPECT_TRUE(parameters.boolean("eager"));
  EXPECT_EQ(parameters.duration("gap"), 1h);
  EXPECT_EQ(parameters.duration("delay"), 1500ms);
  EXPECT_EQ(parameters.share("share"), 0.05);
  EXPECT_THAT(parameters.texts("words"), ElementsAre("a", "b"));
  EXPECT_FALSE(parameters.has("colour"));
  EXPECT_EQ(parameters.text("colour"), "");
  EXPECT_TRUE(parameters.declares("colour"));
  EXPECT_FALSE(parameters.declares("color"));
}

TEST(Parameters, TakeNothingForAnEmptyMap) {
  Diagnostics diagnostics;
  const Parameters parameters(Value(), {{.key = "x", .fallback = "y", .help = "X."}}, "params",
                              diagnostics);
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(parameters.text("x"), "y");
}

TEST(Parameters, AskedForWhatTheyCannotHaveNameTheBug) {
  Diagnostics diagnostics;
  const Parameters parameters(map_of({{"name", {}, "x"}}), every_type(), "a thing", diagnostics);
  EXPECT_THROW(static_cast<void>(parameters.text("nome")), std::logic_error);
  EXPECT_THROW(static_cast<void>(parameters.integer("name")), std::logic_error);
  EXPECT_THROW(static_cast<void>(parameters.number("factor")), std::logic_error);
}

TEST(CheckParameters, ReportsEveryMistakeAtItsPlace) {
  Diagnostics diagnostics;
  check_parameters(map_of({{"nmae", {0, 1, 1}, {"x", {0, 1, 7}}},
                           {"tries", {0, 2, 1}, {"many", {0, 2, 8}}},
                           {"eager", {0, 3, 1}, {1, {0, 3, 8}}}}),
                   every_type(), "a thing", diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 4U);
  EXPECT_EQ(diagnostics.errors()[0].position, (SourcePosition{0, 1, 1}));
  EXPECT_EQ(diagnostics.errors()[0].message, "a thing has no key \"nmae\"");
  EXPECT_EQ(diagnostics.errors()[0].hint, "did you mean \"name\"?");
  EXPECT_EQ(diagnostics.errors()[1].position, (SourcePosition{0, 1, 1}));
  EXPECT_EQ(diagnostics.errors()[1].message, "a thing needs \"name\"");
  EXPECT_EQ(diagnostics.errors()[2].position, (SourcePosition{0, 2, 8}));
  EXPECT_EQ(diagnostics.errors()[2].message, "tries must be a whole number, not \"many\"");
  EXPECT_EQ(diagnostics.errors()[3].position, (SourcePosition{0, 3, 8}));
}

TEST(CheckParameters, SaysWhatWouldBeRight) {
  struct Row {
    std::string key;
    Value value;
    std::string expected;
  };

  const Value::List list{"a", 5};
  const std::string duration = "a duration with its unit, such as 90s, 120min or 24h";
  const std::string zone =
      "an offset from UTC, such as -06:00, or a zone's name, such as Europe/Brussels";
  const Row rows[] = {
      {"name", "", "name must not be empty"},
      {"name", Value(), "a thing needs \"name\""},
      {"name", 5, "name must be text, not 5"},
      {"name", std::string(21, 'x'),
       "name must be at least 1 characters long and at most 20 characters long"},
      {"tries", 2.5, "tries must be a whole number, not 2.5"},
      {"tries", 2.0, "tries must be a whole number, not 2.0"},
      {"tries", true, "tries must be a whole number, not true"},
      {"tries", list, "tries must be a whole number, not a list"},
      {"tries", 0, "tries must be at least 1 and at most 10"},
      {"tries", 11, "tries must be at least 1 and at most 10"},
      {"factor", "2", "factor must be a number, not \"2\""},
      {"factor", std::numeric_limits<double>::infinity(), "factor must be a number, not inf"},
      {"factor", -90.5, "factor must be at least -90"},
      {"eager", "yes", "eager must be true or false, not \"yes\""},
      {"gap", 90, "gap must be " + duration + ", not 90"},
      {"gap", "2 hours", "gap must be " + duration + ", not \"2 hours\""},
      {"gap", "0", "gap must be at least 1s"},
      {"delay", "soon",
       "delay must be a number of seconds, or a duration such as 90s or 5min, not \"soon\""},
      {"delay", 3601, "delay must be at most 1h"},
      {"share", 0.05, "share must be a percentage, such as 20%, not 0.05"},
      {"share", "8%", "share must be at most 7%"},
      {"zone", "Brussels time", "zone must be " + zone + ", not \"Brussels time\""},
      {"words", "a", "words must be a list of text, not \"a\""},
      {"words", list, "words must be a list of text, not 5"},
      {"words", Value::List{}, "words must not be empty"},
      {"colour", "grean",
       R"(colour must be one of red, green, not "grean" [did you mean "green"?])"},
      {"things", "a", "things must be a list, not \"a\""},
      {"pairs", list, "pairs must be a map, not a list"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(mistakes(row.key, row.value), ElementsAre(row.expected));
  }
}

TEST(CheckParameters, CountsCharactersAndNotBytes) {
  std::string text;
  for (int i = 0; i < 20; ++i) {
    text += "ü";
  }
  EXPECT_THAT(mistakes("name", text), ElementsAre());
}

TEST(CheckParameters, WantsAMap) {
  Diagnostics diagnostics;
  check_parameters(Value(Value::List{}, {0, 4, 2}), every_type(), "params", diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 1U);
  EXPECT_EQ(diagnostics.errors()[0].message, "params must be a map, not a list");
}

TEST(CheckParameters, ListsWhatItKnowsWhereNothingIsNear) {
  Diagnostics diagnostics;
  const std::vector<ParameterSpec> specs{{.key = "uri"}, {.key = "region"}};
  check_parameters(map_of({{"banana", {}, 1}}), specs, "a source", diagnostics);
  check_parameters(map_of({{"banana", {}, 1}}), {}, "params", diagnostics);
  ASSERT_EQ(diagnostics.errors().size(), 2U);
  EXPECT_EQ(diagnostics.errors()[0].hint, "known: uri, region");
  EXPECT_EQ(diagnostics.errors()[1].hint, "it takes no keys");
}

TEST(CheckParameters, NeverShowsWhatWasPutInFromOutside) {
  Value secret("s3cr3t");
  secret.set_unresolved("${env:PASSWORD}");
  for (const char* key : {"tries", "gap", "colour", "eager"}) {
    const auto found = mistakes(key, secret);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_THAT(found[0], testing::EndsWith(", not ${env:PASSWORD}"));
  }
}

TEST(Shown, KeepsToOneShortLine) {
  EXPECT_EQ(shown("a\nb\x1B\xFF"), "\"a\\x0Ab\\x1B\\xFF\"");
  const std::string text = shown(std::string(1000, 'x'));
  EXPECT_LT(text.size(), 80U);
  EXPECT_THAT(text, testing::EndsWith("xx…\""));
}

TEST(FindSpecMistake, PassesAGoodTable) {
  EXPECT_EQ(find_spec_mistake(every_type()), "");
}

TEST(FindSpecMistake, NamesTheParameterAndWhatIsWrongWithIt) {
  const auto found = [](std::vector<ParameterSpec> specs) { return find_spec_mistake(specs); };
  EXPECT_EQ(found({{.key = "a"}}), "the parameter \"a\" needs a key and a help text");
  EXPECT_EQ(found({{.key = "a", .help = "A."}, {.key = "a", .help = "A."}}),
            "the parameter \"a\" is declared twice");
  EXPECT_EQ(found({{.key = "a", .fallback = "x", .help = "A.", .required = true}}),
            "the parameter \"a\" is required and has a default");
  EXPECT_EQ(
      found({{.key = "a", .type = ParameterType::integer, .help = "A.", .choices = {"1", "2"}}}),
      "the parameter \"a\" has choices, but is no text");
  EXPECT_EQ(found({{.key = "a",
                    .type = ParameterType::integer,
                    .fallback = 0,
                    .help = "A.",
                    .minimum = 1}}),
            "the parameter \"a\" has a bad default: a must be at least 1");
}

} // namespace
} // namespace nightshift
