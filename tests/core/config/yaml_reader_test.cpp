// SPDX-License-Identifier: Apache-2.0

#include "core/config/yaml_reader.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// The tree in one line, in a notation that shows types: {a:[i1,s"x",n]}.
std::string notation(const Value& value) {
  std::string text;
  if (const auto* map = value.as<Value::Map>()) {
    for (const Value::Member& member : *map) {
      text += (text.empty() ? "" : ",") + member.key + ":" + notation(member.value);
    }
    return "{" + text + "}";
  }
  if (const auto* list = value.as<Value::List>()) {
    for (const Value& item : *list) {
      text += (text.empty() ? "" : ",") + notation(item);
    }
    return "[" + text + "]";
  }
  if (const auto* whole = value.as<std::int64_t>()) {
    return fmt::format("i{}", *whole);
  }
  if (const auto* real = value.as<double>()) {
    return fmt::format("r{}", *real);
  }
  if (const auto* truth = value.as<bool>()) {
    return *truth ? "true" : "false";
  }
  const auto* string = value.as<std::string>();
  return string != nullptr ? "\"" + *string + "\"" : "n";
}

struct YamlReading {
  YamlTree tree;
  std::vector<std::string> mistakes; // "line:column message [hint]"
};

YamlReading read_tree(std::string_view text) {
  Diagnostics diagnostics;
  YamlReading reading{read_yaml({text, 0, "/"}, diagnostics), {}};
  for (const Diagnostic& error : diagnostics.errors()) {
    reading.mistakes.push_back(fmt::format("{}:{} {}{}", error.position.line, error.position.column,
                                           error.message,
                                           error.hint.empty() ? "" : " [" + error.hint + "]"));
  }
  return reading;
}

std::string tree_of(std::string_view text) {
  const YamlReading reading = read_tree(text);
  EXPECT_THAT(reading.mistakes, IsEmpty());
  return reading.tree.root ? notation(*reading.tree.root) : "none";
}

TEST(YamlReader, ReadsMapsListsAndScalars) {
  EXPECT_EQ(tree_of("a: 1\nb: [x, 'y', \"z\"]\nc:\n  - d: ~\n    e: 1.5\n  - true\nf:\n"),
            "{a:i1,b:[\"x\",\"y\",\"z\"],c:[{d:n,e:r1.5},true],f:n}");
}

TEST(YamlReader, TakesQuotedAndBlockScalarsForText) {
  EXPECT_EQ(tree_of("a: '1'\nb: \"true\"\nc: ''\nd: |\n  1\ne: >-\n  x\n  y\nf: ! 5\n"),
            "{a:\"1\",b:\"true\",c:\"\",d:\"1\n\",e:\"x y\",f:\"5\"}");
}

TEST(YamlReader, KeepsToTheCoreSchema) {
  EXPECT_EQ(tree_of("a: yes\nb: 010\nc: 12:30\nd: 0x10\n"),
            "{a:\"yes\",b:\"010\",c:\"12:30\",d:i16}");
}

TEST(YamlReader, TakesKeysAsTheyStand) {
  EXPECT_EQ(tree_of("250: a\n'b c': d\ntrue: e\n? f\n: g\n"),
            "{250:\"a\",b c:\"d\",true:\"e\",f:\"g\"}");
}

TEST(YamlReader, TakesCrlfAByteOrderMarkAwayAndADocumentMark) {
  EXPECT_EQ(tree_of("a: 1\r\nb:\r\n  - x\r\n"), "{a:i1,b:[\"x\"]}");
  EXPECT_EQ(tree_of("%YAML 1.2\n---\na: 1\n...\n"), "{a:i1}");
}

TEST(YamlReader, ResolvesAliases) {
  EXPECT_EQ(tree_of("a: &x {b: [1]}\nc: *x\nd: &y 5\ne: [*y, *y]\n&k f: *k\n"),
            "{a:{b:[i1]},c:{b:[i1]},d:i5,e:[i5,i5],f:\"f\"}");
}

TEST(YamlReader, SaysWhereEverythingStands) {
  const YamlReading reading = read_tree("a: 1\nü: [x, 中文, 'z']\nb:\n  - c: {d: e}\n");
  ASSERT_TRUE(reading.tree.root);
  const auto& map = *reading.tree.root->as<Value::Map>();
  EXPECT_EQ(reading.tree.root->position(), (SourcePosition{0, 1, 1}));
  EXPECT_EQ(map[0].value.position(), (SourcePosition{0, 1, 4}));
  EXPECT_EQ(map[1].position, (SourcePosition{0, 2, 1}));
  const auto& list = *map[1].value.as<Value::List>();
  EXPECT_EQ(map[1].value.position(), (SourcePosition{0, 2, 4}));
  EXPECT_EQ(list[1].position(), (SourcePosition{0, 2, 8}));
  EXPECT_EQ(list[2].position(), (SourcePosition{0, 2, 12})); // in characters, not bytes
  const Value& entry = (*map[2].value.as<Value::List>())[0];
  EXPECT_EQ(entry.position(), (SourcePosition{0, 4, 5}));
  EXPECT_EQ(entry.find("c")->find("d")->position(), (SourcePosition{0, 4, 12}));
}

TEST(YamlReader, FindsNothingInAnEmptyText) {
  for (const std::string_view text : {"", " \n\n", "# nothing\n", "---\n", "--- ~\n", "\t\n"}) {
    const YamlReading reading = read_tree(text);
    EXPECT_THAT(reading.mistakes, IsEmpty()) << text;
    EXPECT_TRUE(!reading.tree.root || reading.tree.root->is_nothing()) << text;
  }
}

TEST(YamlReader, GoesOnAfterMistakesThatAreNoneOfSyntax) {
  const YamlReading reading =
      read_tree("a: 1\nb: {c: 1, c: 2}\na: 3\n<<: {d: 1}\ne: !!int 5\n*f : 1\n");
  EXPECT_THAT(reading.mistakes,
              ElementsAre("2:11 the key \"c\" was already given on line 2",
                          "3:1 the key \"a\" was already given on line 1",
                          "4:1 merge keys (\"<<\") are not supported; write the keys out, or put "
                          "what all jobs share under \"defaults\"",
                          "5:4 tags are not supported: !!int [put text in quotes]",
                          "6:1 this alias names no anchor above it"));
}

TEST(YamlReader, KeepsTheFirstOfTwoValues) {
  EXPECT_EQ(notation(*read_tree("a: 1\na: {b: 2}\nc: 3\n").tree.root), "{a:i1,c:i3}");
}

TEST(YamlReader, RefusesKeysThatAreNoText) {
  const YamlReading reading =
      read_tree("? [1, 2]\n: a\n: b\n? {c: d}\n: e\nf: &g h\n? *g\n: i\nj: k\n");
  EXPECT_THAT(reading.mistakes,
              ElementsAre("1:3 a key must be text", "3:1 a key must be text",
                          "4:3 a key must be text", "7:3 a key must be text, not an alias"));
  EXPECT_EQ(notation(*reading.tree.root), "{f:\"h\",j:\"k\"}");
}

TEST(YamlReader, TellsSyntaxInItsOwnWords) {
  struct Row {
    std::string_view text;
    std::string expected;
  };

  const std::string indentation = "this does not fit what stands above it; check the indentation";
  const std::string tab = "a tab stands in the indentation [indent with blanks]";
  const Row rows[] = {
      {"a: b: c\n", R"(1:5 a ": " cannot stand here [put a text that holds ": " in quotes])"},
      {"a:\n\tb: 1\n", "2:1 " + tab},
      {"a: 1\n\tb: 2\n", "2:1 " + tab},
      {"a:\n  - b\n\t- c\n", "3:1 " + tab},
      {"\ta: 1\n", "1:1 " + tab},
      {"a:\n  b: 1\n c: 2\n", "3:2 " + indentation},
      {"- a\nb: 1\n", "2:1 " + indentation},
      {"- a: 1\n  - b\n", "2:3 " + indentation},
      {"a: [1, 2\n", R"(2:1 "," or "]" is missing here)"},
      {"a: {b: 1\nc: 2\n", R"(2:2 "," or "}" is missing here)"},
      {"a: [1}\n", "1:6 this bracket closes none that is open"},
      {"a: ]\n", "1:4 this bracket closes none that is open"},
      {"a: - b\n", "1:4 a list cannot begin here [put \"- \" on a line of its own]"},
      {"a: @b\n", "1:4 a text cannot begin with \"@\" [put it in quotes]"},
      {"a: %b\n", "1:4 a text cannot begin with \"%\" [put it in quotes]"},
      {"a: *\n", "1:5 a text cannot begin with \"*\" [put it in quotes]"},
      {"a: *b\n", "1:4 this alias names no anchor above it"},
      {"a: \"\\q\"\n",
       "1:7 this is no escape sequence [in double quotes a backslash is written \"\\\\\"; in "
       "single quotes it is plain]"},
      {"a: \"b\nc: d\n", "1:4 this quote is never closed"},
      {"a: 'b''\nc: d", "1:4 this quote is never closed"},
      {"a: &x !y \"b\n", "1:10 this quote is never closed"},
      {"a: {b: \"c}\n", "1:8 this quote is never closed"},
      {"a: b\nc: [${env:X}]\n", "2:6 a \"${\" between brackets must stand in quotes"},
      {"a: |x\n b\n", R"(1:5 after "|" or ">" nothing may follow on the line)"},
      {"%YAML 3.0\n---\na: 1\n", "1:1 this is another YAML than 1.2"},
      {"a: 1\n---\nb: 2\n", "2:1 a second document begins here; a job file is one"},
      {"a: \"b\ntype: \"c\"\n",
       "2:8 " + indentation +
           " [the text that begins on line 1 goes on to here; is a \":\" or a quote missing, or is "
           "the indentation wrong?]"},
      {"- a: b\n  c\n  d: e\n",
       "3:4 a \": \" cannot stand here [the text that begins on line 1 goes on to here; is a "
       "\":\" or a quote missing, or is the indentation wrong?]"},
      {"a: b\nc\n", R"(2:1 the key "c" has no ":" after it)"},
  };
  for (const Row& row : rows) {
    EXPECT_THAT(read_tree(row.text).mistakes, testing::Contains(row.expected)) << row.text;
  }
}

TEST(YamlReader, RefusesAZeroByteThatAnEscapeMakes) {
  EXPECT_THAT(read_tree("a: \"b\\0c\"\n").mistakes,
              ElementsAre("1:4 a text must not hold a zero byte"));
}

TEST(YamlReader, RefusesAnAliasWithinWhatItNames) {
  EXPECT_THAT(read_tree("a: &x [b, *x]\n").mistakes,
              ElementsAre("1:11 this alias stands within what it names"));
}

TEST(YamlReader, PointsAtWhatCannotBeResolved) {
  ::unsetenv("NIGHTSHIFT_TEST_UNSET");
  const YamlReading reading = read_tree("a: \"é $${x} ${env:NIGHTSHIFT_TEST_UNSET}\"\n"
                                        "b: >\n  one\n  two ${env:NIGHTSHIFT_TEST_UNSET}\n");
  EXPECT_THAT(reading.mistakes,
              ElementsAre("1:13 the environment variable NIGHTSHIFT_TEST_UNSET is not set [set it, "
                          "or write ${env:NIGHTSHIFT_TEST_UNSET:-default}]",
                          "4:7 the environment variable NIGHTSHIFT_TEST_UNSET is not set [set it, "
                          "or write ${env:NIGHTSHIFT_TEST_UNSET:-default}]"));
  EXPECT_THAT(reading.tree.unresolved,
              ElementsAre(SourcePosition{0, 1, 4}, SourcePosition{0, 2, 4}));
  EXPECT_EQ(notation(*reading.tree.root), "{a:n,b:n}");
}

std::string repeated(std::string_view piece, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) {
    text += piece;
  }
  return text;
}

TEST(YamlReader, BearsTheDepthItAllowsAndNoMore) {
  const auto lists = [](std::size_t depth) {
    return "a: " + repeated("[", depth - 1) + repeated("]", depth - 1) + "\n";
  };
  EXPECT_THAT(read_tree(lists(64)).mistakes, IsEmpty());
  EXPECT_THAT(read_tree(lists(65)).mistakes,
              ElementsAre("1:67 this is nested deeper than 64 levels"));
}

TEST(YamlReader, CountsTheDepthOfWhatAnAliasNames) {
  const std::string text = "a: &a " + repeated("[", 40) + repeated("]", 40) +
                           "\nb: " + repeated("[", 40) + "*a" + repeated("]", 40) + "\n";
  EXPECT_THAT(read_tree(text).mistakes, ElementsAre("2:44 this is nested deeper than 64 levels"));
}

TEST(YamlReader, StopsAliasesThatWouldExplode) {
  std::string text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 12; ++i) {
    text += fmt::format("a{0}: &a{0} [{1}]\n", i, repeated(fmt::format("*a{},", i - 1), 10));
  }
  EXPECT_THAT(read_tree(text).mistakes,
              ElementsAre(testing::EndsWith("the file holds more than 200,000 values, aliases "
                                            "resolved; put the deployments into a CSV")));
  const std::string long_text =
      "a: &a \"" + std::string(1'000'000, 'x') + "\"\nb: [" + repeated("*a,", 100) + "]\n";
  EXPECT_THAT(read_tree(long_text).mistakes,
              ElementsAre("2:47 the file holds more than 16 MiB of text, aliases resolved"));
}

TEST(YamlReader, RefusesAtOnceWhatWouldFillTheMemoryOfItsParser) {
  for (const std::string_view piece :
       {"[", "{", "[{", "[a, ", "[],", "\"a\" ", "&a ", "'", "\n["}) {
    const YamlReading reading =
        read_tree(repeated(piece, std::size_t{4} * 1024 * 1024 / piece.size()));
    EXPECT_FALSE(reading.tree.root);
    EXPECT_THAT(reading.mistakes,
                ElementsAre("0:0 the file holds more than 200,000 values, or is nested deeper than "
                            "64 levels; put the deployments into a CSV"));
  }
}

TEST(YamlReader, ReadsAsManyValuesAsItAllows) {
  EXPECT_THAT(read_tree("- " + repeated("a\n- ", 199'990) + "a\n").mistakes, IsEmpty());
  EXPECT_THAT(read_tree("- " + repeated("a\n- ", 200'000) + "a\n").mistakes,
              ElementsAre("200000:3 the file holds more than 200,000 values, aliases resolved; put "
                          "the deployments into a CSV"));
}

TEST(YamlReader, IsNotHeldUpByManyMistakes) {
  ::unsetenv("NIGHTSHIFT_TEST_UNSET");
  const YamlReading reading =
      read_tree("a:\n" + repeated("- ${env:NIGHTSHIFT_TEST_UNSET}\n", 100'000));
  EXPECT_EQ(reading.mistakes.size(), 100'000U);
}

} // namespace
} // namespace nightshift
