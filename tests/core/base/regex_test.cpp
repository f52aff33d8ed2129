// SPDX-License-Identifier: Apache-2.0
//
// Covers the translator, its character sets and its source as well: they have no other purpose.

#include "core/base/regex.hpp"
#include "core/base/regex_translator.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/oracle.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <ostream>
#include <set>

namespace nightshift {

namespace {

using testing::AllOf;
using testing::HasSubstr;
using tests::error_of;

bool found(std::string_view regex, std::string_view text) {
  return compile_regex(regex)->found_in(text);
}

JobError regex_error_in(std::string_view regex) {
  return error_of([&] { return compile_regex(regex); });
}

// The part of Antenna's filter that is not the regex, as the golden data's `accepted` has it.
bool passes_the_other_filters(std::string_view key, std::string_view size) {
  constexpr std::array<std::string_view, 10> k_extensions{"jpg", "jpeg", "png", "gif",  "webp",
                                                          "svg", "bmp",  "ico", "tiff", "tif"};
  std::string lower(key);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return !key.empty() && !key.ends_with('/') && size != "0" &&
         std::any_of(k_extensions.begin(), k_extensions.end(),
                     [&](std::string_view extension) { return lower.ends_with(extension); });
}

// The regexes of the golden data that Python takes and we refuse, with what the refusal must name.
// None of them can be matched in linear time, but for the character's name, for which the table
// of names is not worth its size.
const std::map<std::string, std::string, std::less<>> k_refused{
    {"^(?=.*2023)(?=.*snapshot)", "a lookahead \"(?=\" at character 2"},
    {"^(?!.*thumb).*$", "a lookahead \"(?!\" at character 2"},
    {"^(?!.*_thumb)", "a lookahead \"(?!\" at character 2"},
    {"(?!thumb)", "a lookahead \"(?!\" at character 1"},
    {"(?<=_)\\d+", "a lookbehind \"(?<=\" at character 1"},
    {"(?<=deployment_1/)\\d", "a lookbehind \"(?<=\" at character 1"},
    {"(?<!_thumb)\\.jpg$", "a lookbehind \"(?<!\" at character 1"},
    {"(\\d)\\1", "a backreference at character 5"},
    {"(?P<a>\\d)(?P=a)", "a backreference \"(?P=\" at character 10"},
    {"(?>\\d+)-", "an atomic group \"(?>\" at character 1"},
    {"a++", "a possessive repeat at character 2"},
    {"\\N{LATIN SMALL LETTER O WITH ACUTE}", "a character's name at character 1"},
};

TEST(Regex, AgreesWithAntennaOrRefusesByName) {
  std::set<std::string> refused;
  for (const auto& row : tests::read_oracle_csv("filter_keys_public.csv")) {
    const std::string& regex = row.at("regex");
    const std::string& accepted = row.at("accepted");
    if (regex.empty()) {
      continue;
    }
    if (const auto entry = k_refused.find(regex); entry != k_refused.end()) {
      EXPECT_EQ(regex_error_in(regex).code(), error_code::k_unsupported) << regex;
      EXPECT_THAT(regex_error_in(regex).what(), HasSubstr(entry->second));
      refused.insert(regex);
    } else if (accepted == "error") {
      EXPECT_THROW(static_cast<void>(compile_regex(regex)), JobError) << regex;
    } else {
      const std::string& key = row.at("key");
      const bool passes = passes_the_other_filters(key, row.at("size"));
      EXPECT_EQ(found(regex, key) && passes, accepted == "true") << regex << " in " << key;
    }
  }
  EXPECT_EQ(refused.size(), k_refused.size()) << "an entry of the table stands for no row";
}

struct Case {
  const char* regex;
  std::vector<std::string_view> in;
  std::vector<std::string_view> not_in;

  friend void PrintTo(const Case& c, std::ostream* out) { *out << c.regex; }
};

// What means something else to RE2, as Python 3.11 has it.
class Dialect : public testing::TestWithParam<Case> {};

TEST_P(Dialect, IsPythons) {
  const auto pattern = compile_regex(GetParam().regex);
  for (const std::string_view text : GetParam().in) {
    EXPECT_TRUE(pattern->found_in(text)) << text;
  }
  for (const std::string_view text : GetParam().not_in) {
    EXPECT_FALSE(pattern->found_in(text)) << text;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Anchors, Dialect,
    testing::Values(Case{"a$", {"a", "ba", "a\n", "x\na\n"}, {"a\nb", "a\n\n", "ab"}},
                    Case{"a$\\n", {"a\n", "b\na\n"}, {"a", "a\nb", "a\n\n"}},
                    Case{"^a", {"ab"}, {"b\na"}}, Case{"a\\Z", {"ba"}, {"a\n"}},
                    Case{"(?m)^a$", {"a", "b\na\nc", "a\n\n"}, {"ba", "ab\n"}},
                    Case{"(?m:^)a", {"b\na"}, {"ba"}}, Case{"a\\n\\nb$", {"a\n\nb\n"}, {"a\nb"}},
                    Case{"\\bIMG\\B", {"/IMG_1", "IMG1"}, {"xIMG_", "IMG.jpg"}}));

INSTANTIATE_TEST_SUITE_P(
    Classes, Dialect,
    testing::Values(Case{"^\\d$", {"7", "\u0663"}, {"x", "\u00B2"}},
                    Case{"^\\w$", {"a", "_", "\u00F3", "\u86FE", "\u00B2"}, {"-", "\u00BF"}},
                    Case{"^\\s$", {" ", "\t", "\n", "\u00A0", "\u2028", "\x1C"}, {"a", "\u200B"}},
                    Case{"^\\D\\W\\S$", {"a-b", "-\u00BFx"}, {"1-b", "aab", "a- "}},
                    Case{"(?a)^\\w\\d\\s$", {"a1 "}, {"\u00F31 ", "a\u0663 ", "a1\u00A0"}},
                    Case{"(?a)^\\W\\D\\S$", {"\u00F3\u0663\u00A0"}, {"a\u0663\u00A0"}},
                    Case{"^[^\\W_]+$", {"a1\u00F3"}, {"a_", "-"}},
                    Case{"^[\\W\\d]+$", {"-1", "\n7\n"}, {"a", "_"}},
                    Case{"^[\\Sx][\\D]$", {"ab", "xy"}, {" b", "a1"}},
                    Case{"^[^\\s]$", {"a"}, {" ", "\n\n"}}, Case{"^[]a]+$", {"]a"}, {"b"}},
                    Case{"^[^]a]$", {"b"}, {"]", "a"}}, Case{"^[a-]+[-b]$", {"a--", "ab"}, {"b"}},
                    Case{"^[\\b\\x41\\102\\]\\\\-]$", {"\b", "A", "B", "]", "\\", "-"}, {"b", "x"}},
                    Case{"[[:digit:]]", {":]", "d]"}, {"7", "d"}}, Case{"[&&a]", {"&"}, {"b"}},
                    Case{"a.b", {"a-b", "a\u00F3b"}, {"a\nb", "ab"}},
                    Case{"(?s)a.b", {"a\nb", "a-b\n"}, {"ab"}},
                    Case{"^[^a]b$", {"\nb", "xb\n"}, {"ab"}},
                    Case{"^a[\\n]b$", {"a\nb\n"}, {"a b"}}));

INSTANTIATE_TEST_SUITE_P(
    Escapes, Dialect,
    testing::Values(Case{"^\\u0663\\U0001F98B\\xe9$", {"\u0663\U0001F98B\u00E9"}, {"663"}},
                    Case{"^\\0\\07\\101\\n\\t\\a\\f\\v\\r$", {{"\0\aA\n\t\a\f\v\r", 9}}, {"A"}},
                    Case{"^\\.\\/\\-\\ \\_\\\u00E9$", {"./- _\u00E9"}, {"x/- _\u00E9"}},
                    Case{"^\u00F3$", {"\u00F3"}, {"o"}}, Case{"\\ud800", {}, {"\xED\xA0\x80"}}));

INSTANTIATE_TEST_SUITE_P(
    Repeats, Dialect,
    testing::Values(Case{"^a{2}$", {"aa"}, {"a", "aaa"}}, Case{"^a{,2}$", {"", "aa"}, {"aaa"}},
                    Case{"^a{2,}b{,}$", {"aa", "aaabb"}, {"a"}}, Case{"^a{$", {"a{"}, {"a"}},
                    Case{"^a{}{x}{1,x}$", {"a{}{x}{1,x}"}, {"a"}}, Case{"^a+?b*?c??$", {"aab"}, {}},
                    Case{"^(ab|cd){2}$", {"abcd"}, {"ab", "abdd"}}, Case{"a|", {"", "b"}, {}},
                    Case{"^\u00F3{2}$", {"\u00F3\u00F3"}, {"\u00F3"}}));

INSTANTIATE_TEST_SUITE_P(
    Flags, Dialect,
    testing::Values(Case{"(?i)^stra\u00DFe\u00D3$", {"STRA\u00DFE\u00F3"}, {"STRASSE\u00F3"}},
                    Case{"(?i)^[h-j]$", {"I", "\u0130", "\u0131"}, {"k"}},
                    Case{"(?i)^k$", {"K", "\u212A"}, {}}, Case{"(?ai)^k$", {"K"}, {"\u212A"}},
                    Case{"(?ai)^[a-c\u00F3]$", {"B", "\u00F3"}, {"\u00D3", "d"}},
                    Case{"^(?i:a)b$", {"Ab"}, {"AB"}}, Case{"(?i)^a(?-i:b)$", {"Ab"}, {"AB"}},
                    Case{"(?a)^\\w(?u:\\w)$", {"a\u00F3"}, {"\u00F3\u00F3"}},
                    Case{"^.(?s:.)$", {"a\n\n"}, {"\na\n"}},
                    Case{"(?x) ^ a\\ b [ c] # comment )\n d + $", {"a b dd"}, {"ab dd", "a bc"}},
                    Case{"(?x)\n(?i) a #\n", {"A"}, {"b"}}, Case{"^(?x: a b ) c$", {"ab c"}, {}},
                    Case{"(?x)(?-x: a)", {" a"}, {"a"}},
                    Case{"(?#first)(?i)a(?#then)+$", {"AA"}, {"b"}},
                    Case{"(?P<\u00E9t\u00E9_1>a)(?:b)()", {"ab"}, {"a"}}));

TEST(Regex, CountsInvalidUtf8AsReplacementCharacters) {
  EXPECT_TRUE(found("^a..b$", "a\xFF\xC3"
                              "b"));
  EXPECT_TRUE(found("^\\uFFFD$", "\xFF"));
  EXPECT_FALSE(found("^\\w$", "\xFF"));
}

// RE2's \b knows no other letters; Python's knows them all. To tell them apart would need what RE2
// leaves out to stay linear.
TEST(Regex, SeesWordBoundariesOfAsciiOnly) {
  EXPECT_TRUE(found("\\bIMG", "\u00F3IMG"));
}

TEST(Regex, IsSafeOnHostilePatterns) {
  // RE2 promises linear time for every pattern it takes: what is to be seen is that it took this
  // one as it stands, and that a text to hang a backtracking matcher comes to an end.
  const std::string hostile = "^(\\w+[_-]?)+\\.png$";
  EXPECT_EQ(translate_regex(hostile).re2_text,
            "(?-i:\\A(?-i:[\\p{L}\\p{N}_]+[\\x{5F}\\x{2D}]?)+\\x{2E}png(?m:$))");
  const std::string key(5000, 'a');
  EXPECT_FALSE(found(hostile, key + "!"));
  EXPECT_TRUE(found(hostile, key + ".png"));
}

class Invalid : public testing::TestWithParam<const char*> {};

TEST_P(Invalid, IsAnErrorAsInPython) {
  EXPECT_EQ(regex_error_in(GetParam()).code(), error_code::k_bad_data);
}

INSTANTIATE_TEST_SUITE_P(
    Regexes, Invalid,
    testing::Values("[", "[a", "[]", "[^]", "[a-", "[z-a]", "[\\d-z]", "[a-\\d]", "[\\8]",
                    "[\\400]", "(", "(?", "(?:a", "a)", "(?P<x", "(?P<>a)", "(?P<1>a)",
                    "(?P<a>b)(?P<a>c)", "(?P<a b>c)", "(?Pa)", "(?<n>a)", "(?'n'a)", "(?|a)",
                    "(?#a", "(?z)", "(?L)a", "(?au)a", "(?i-i:a)", "(?-:a)", "(?-a:b)", "(?i",
                    "(?i-", "(?-i)", "a(?i)", "|(?i)a", "*", "+a", "?", "a**", "a+*", "a{2}{3}",
                    "^*", "$+", "\\b?", "(*a)", "a|*", "a{2,1}", "a{9999999999}", "\\", "\\p{L}",
                    "\\K", "\\z", "\\q", "\\x4", "\\u123", "\\U00110000", "\\Uffffffff", "\\1",
                    "(a)\\2", "\\8", "\\400", "\xFF", "a\xC3"));

TEST(Regex, SaysWhatIsWrongAndWhere) {
  EXPECT_STREQ(regex_error_in("ab[").what(),
               "\"ab[\" is not a regular expression: a \"[\" is never closed; it stands at "
               "character 3");
  EXPECT_STREQ(regex_error_in("\u00F3*?*").what(),
               "\"\u00F3*?*\" is not a regular expression: a repeat of a repeat stands at "
               "character 4");
  EXPECT_STREQ(regex_error_in("a\n\\q").what(),
               "\"a\\n\\\\q\" is not a regular expression: an unknown escape \"\\q\" stands at "
               "character 3");
}

TEST(Regex, SaysWhatToDoInsteadOfARefusedConstruct) {
  EXPECT_STREQ(
      regex_error_in("^(?!.*thumb)").what(),
      "cannot use the regular expression \"^(?!.*thumb)\": a lookahead \"(?!\" at "
      "character 2 is not supported; give what to leave out as the parameter \"exclude\" of "
      "data_storage_sync, which takes a regular expression");
  EXPECT_THAT(regex_error_in("(a)(?(1)b|c)").what(),
              AllOf(HasSubstr("a conditional"), HasSubstr("alternatives")));
}

TEST(Regex, RefusesWhatOutgrowsItsBudget) {
  for (const std::string& regex : {std::string("a{1001}"), std::string("((a{100}){100}){100}"),
                                   std::string(1000, '('), std::string("(?:(\\w{100}){10}){10}"),
                                   std::string("a$(?m:b$)"), std::string(10'001, 'a')}) {
    EXPECT_EQ(regex_error_in(regex).code(), error_code::k_unsupported) << regex;
  }
}

} // namespace

} // namespace nightshift
