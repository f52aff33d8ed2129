// SPDX-License-Identifier: Apache-2.0

#include "core/config/job_file.hpp"
#include "core/config/render.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightshift {
namespace {

std::string rendered(std::string line, int column, std::string hint = {}) {
  return render({{{0, 1, column}, "wrong", std::move(hint)}}, {{"a.yaml", std::move(line)}});
}

TEST(Render, ShowsThePlaceTheLineACaretAndTheHint) {
  const std::vector<SourceText> texts{{"a.yaml", "version: 1\nlimt: 10\n"}};
  EXPECT_EQ(render({{{0, 2, 1}, "a job has no key \"limt\"", "did you mean \"limit\"?"}}, texts),
            "a.yaml:2:1: error: a job has no key \"limt\"\n"
            "  limt: 10\n"
            "  ^\n"
            "  hint: did you mean \"limit\"?\n");
}

TEST(Render, ShowsNoLineWhereThereIsNone) {
  const std::vector<SourceText> texts{{"a.yaml", "x\n"}, {"--set a=1", ""}};
  EXPECT_EQ(render({{{0, 0, 0}, "the file is empty", ""}}, texts),
            "a.yaml: error: the file is empty\n");
  EXPECT_EQ(render({{{0, 9, 1}, "the end", ""}}, texts), "a.yaml:9:1: error: the end\n");
  EXPECT_EQ(render({{{1, 0, 0}, "no", "yes"}}, texts), "--set a=1: error: no\n  hint: yes\n");
  EXPECT_EQ(render({{{5, 1, 1}, "no file", ""}}, texts), "error: no file\n");
}

TEST(Render, PutsTheCaretUnderTheSpotWhateverStandsBeforeIt) {
  struct Row {
    std::string line;
    int column;
    std::string expected;
  };

  const Row rows[] = {
      {"abc", 3, "  abc\n    ^\n"},
      {"abc", 4, "  abc\n     ^\n"},
      {"abc", 99, "  abc\n     ^\n"},
      {"\ta:\tb", 5, "  \ta:\tb\n  \t  \t^\n"},
      {"é: x", 4, "  é: x\n     ^\n"},
      {"中文: x", 5, "  中文: x\n        ^\n"},
      {"🦋 x", 3, "  🦋 x\n     ^\n"},
      {"e\xCC\x81 x", 4, "  e\xCC\x81 x\n    ^\n"}, // a combining accent
      {"a\r", 2, "  a\n   ^\n"},
      {"\xEF\xBB\xBF"
       "abc",
       2, "  abc\n   ^\n"},
      {"a\xFF\x01z", 4, "  a\xEF\xBF\xBD\xEF\xBF\xBDz\n     ^\n"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(rendered(row.line, row.column),
              fmt::format("a.yaml:1:{}: error: wrong\n{}", row.column, row.expected));
  }
}

TEST(Render, CutsALongLineAroundTheCaret) {
  const std::string line = std::string(300, 'a') + "X" + std::string(300, 'b');
  EXPECT_EQ(rendered(line, 301), "a.yaml:1:301: error: wrong\n"
                                 "  …" +
                                     std::string(60, 'a') + "X" + std::string(39, 'b') + "…\n" +
                                     std::string(63, ' ') + "^\n");
  EXPECT_EQ(rendered(line, 1), "a.yaml:1:1: error: wrong\n  " + std::string(100, 'a') + "…\n  ^\n");
  EXPECT_EQ(rendered(line, 601), "a.yaml:1:601: error: wrong\n  …" + std::string(61, 'b') + "\n" +
                                     std::string(63, ' ') + "^\n");
  EXPECT_EQ(rendered(std::string(100, 'a'), 100), "a.yaml:1:100: error: wrong\n  " +
                                                      std::string(100, 'a') + "\n" +
                                                      std::string(101, ' ') + "^\n");
}

TEST(Render, LetsNoTextForgeLines) {
  EXPECT_EQ(render({{{0, 0, 0}, "a\nb\x1B[1m", "c\nd"}}, {{"e\nf", ""}}),
            "e\\nf: error: a\\nb\\x1B[1m\n  hint: c\\nd\n");
}

TEST(Render, SortsByFileLineAndColumn) {
  const std::vector<Diagnostic> errors{{{1, 1, 1}, "e", ""},
                                       {{0, 2, 1}, "d", ""},
                                       {{0, 1, 9}, "c", ""},
                                       {{0, 1, 2}, "b", ""},
                                       {{0, 0, 0}, "a", ""}};
  std::string order;
  for (const Diagnostic& error : in_order(errors)) {
    order += error.message;
  }
  EXPECT_EQ(order, "abcde");
}

TEST(Render, ShowsEachMistakeOnce) {
  EXPECT_EQ(in_order({{{0, 1, 1}, "a", ""}, {{0, 1, 2}, "a", ""}, {{0, 1, 1}, "a", ""}}).size(),
            2U);
}

TEST(Render, StopsAfterFiftyAndSaysHowManyMoreThereAre) {
  std::vector<Diagnostic> errors(62, {{0, 1, 1}, "wrong", ""});
  for (int line = 1; Diagnostic & error : errors) {
    error.position.line = line++;
  }
  const std::string text = render(errors, {{"a.yaml", ""}});
  EXPECT_THAT(text, testing::HasSubstr("a.yaml:50:1: error: wrong\nand 12 more\n"));
  EXPECT_THAT(text, testing::Not(testing::HasSubstr("a.yaml:51:1")));
}

} // namespace
} // namespace nightshift
