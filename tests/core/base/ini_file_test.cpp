// SPDX-License-Identifier: Apache-2.0

#include "core/base/ini_file.hpp"
#include "tests/support/error_of.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <utility>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::UnorderedElementsAre;

// section -> key -> value, lines of a value that goes on parted by '|'.
std::map<std::string, std::map<std::string, std::string>> read(std::string_view text,
                                                               IniDialect dialect) {
  const IniFile file(Secret(text), "/etc/x.ini", dialect);
  std::map<std::string, std::map<std::string, std::string>> all;
  for (const IniSection& section : file.sections()) {
    auto& entries = all[section.name];
    for (const IniEntry& entry : section.entries) {
      std::string value(entry.value.text);
      for (const IniLine& line : entry.more) {
        value.append("|").append(line.text);
      }
      entries[entry.key] = value;
    }
  }
  return all;
}

std::string error_of(std::string_view text, IniDialect dialect) {
  return tests::error_of([&] { return IniFile(Secret(text), "/etc/x.ini", dialect).sections(); })
      .what();
}

class IniFileTest : public testing::TestWithParam<IniDialect> {};

TEST_P(IniFileTest, HasSectionsOfKeysWithValues) {
  const auto file = read("[a]\nkey = value\nother:1\n[b c]\n", GetParam());
  EXPECT_THAT(file, UnorderedElementsAre(
                        Pair("a", UnorderedElementsAre(Pair("key", "value"), Pair("other", "1"))),
                        Pair("b c", testing::IsEmpty())));
}

TEST_P(IniFileTest, IsReadPastMarksCommentsAndBlanks) {
  const auto file =
      read("\xEF\xBB\xBF# c\r\n; c = d\r\n\r\n[a]\r\n  key\t=   a b  \r\nempty =\r\n", GetParam());
  EXPECT_THAT(file.at("a"), UnorderedElementsAre(Pair("key", "a b"), Pair("empty", "")));
}

TEST_P(IniFileTest, TakesWhatFollowsTheFirstSignForTheValue) {
  EXPECT_EQ(read("[a]\nkey = b=c:d # e\n", GetParam()).at("a").at("key"), "b=c:d # e");
}

TEST_P(IniFileTest, NeedsNoNewlineAtItsEnd) {
  EXPECT_EQ(read("[a]\nkey = value", GetParam()).at("a").at("key"), "value");
  EXPECT_TRUE(read("", GetParam()).empty());
}

TEST_P(IniFileTest, NamesTheLineThatIsWrongAndNothingOfIt) {
  EXPECT_THAT(error_of("[a]\n\nc4n4ry\n", GetParam()),
              AllOf(HasSubstr("/etc/x.ini:3: the line is neither a section, nor a key"),
                    Not(HasSubstr("c4n4ry"))));
  EXPECT_THAT(
      error_of("key = c4n4ry\n", GetParam()),
      AllOf(HasSubstr("/etc/x.ini:1: the line is in no section"), Not(HasSubstr("c4n4ry"))));
  EXPECT_THAT(error_of("[]\n", GetParam()), HasSubstr("/etc/x.ini:1"));
  EXPECT_THAT(error_of("[a\n", GetParam()), HasSubstr("does not name it"));
  EXPECT_THAT(error_of("[a]\n= b\n", GetParam()), HasSubstr("/etc/x.ini:2"));
}

INSTANTIATE_TEST_SUITE_P(Dialects, IniFileTest, testing::Values(IniDialect::python, IniDialect::go),
                         [](const auto& tested) {
                           return tested.param == IniDialect::python ? "Python" : "Go";
                         });

TEST(IniFileOfPython, WritesKeysInLowerCase) {
  EXPECT_EQ(read("[A]\nKey = Value\n", IniDialect::python).at("A").at("key"), "Value");
}

TEST(IniFileOfPython, GoesOnWithAValueOnLinesFurtherToTheRight) {
  const auto file =
      read("[a]\ns3 =\n  x = 1\n\n  # c\n\ty = 2\nnext = b\n  [c]\n  d\n", IniDialect::python);
  EXPECT_THAT(file.at("a"),
              UnorderedElementsAre(Pair("s3", "|x = 1|y = 2"), Pair("next", "b|[c]|d")));
}

TEST(IniFileOfPython, HasKeysThatStandFurtherToTheRightThanTheirSection) {
  const auto file = read("[a]\n  x = 1\n  y = 2\n    z = 3\n q = 4\n", IniDialect::python);
  EXPECT_THAT(file.at("a"),
              UnorderedElementsAre(Pair("x", "1"), Pair("y", "2|z = 3"), Pair("q", "4")));
}

TEST(IniFileOfPython, KeepsQuotes) {
  EXPECT_EQ(read("[a]\nkey = \"b\"\n", IniDialect::python).at("a").at("key"), "\"b\"");
}

TEST(IniFileOfPython, HasNothingTwice) {
  EXPECT_THAT(error_of("[a]\nx = 1\nX = 2\n", IniDialect::python),
              HasSubstr(":3: the line has a key that is already in its section"));
  EXPECT_THAT(error_of("[a]\n[a]\n", IniDialect::python), HasSubstr("a section that is already"));
}

TEST(IniFileOfPython, MayHaveACommentBehindASection) {
  EXPECT_TRUE(read("[a] # b\n", IniDialect::python).contains("a"));
}

TEST(IniFileOfGo, TellsKeysInUpperAndLowerCaseApart) {
  EXPECT_THAT(read("[a]\nKey = 1\nkey = 2\n", IniDialect::go).at("a"),
              UnorderedElementsAre(Pair("Key", "1"), Pair("key", "2")));
}

TEST(IniFileOfGo, TakesTheLastOfWhatStandsTwice) {
  EXPECT_THAT(read("[a]\nx = 1\n[b]\n[a]\nx = 2\ny = 3\n", IniDialect::go).at("a"),
              UnorderedElementsAre(Pair("x", "2"), Pair("y", "3")));
}

TEST(IniFileOfGo, TakesQuotesAwayAndNothingGoesOn) {
  EXPECT_THAT(
      read("[ a ]\nx = \" b \"\n  y = `c\"d`\nz = \"\"\"e\"\"\"\nq = \"\n", IniDialect::go).at("a"),
      UnorderedElementsAre(Pair("x", " b "), Pair("y", "c\"d"), Pair("z", "e"), Pair("q", "\"")));
  EXPECT_THAT(error_of("[a]\nx = \"c4n4ry\n", IniDialect::go),
              AllOf(HasSubstr("/etc/x.ini:2"), HasSubstr("quotes"), Not(HasSubstr("c4n4ry"))));
}

} // namespace
} // namespace nightshift
