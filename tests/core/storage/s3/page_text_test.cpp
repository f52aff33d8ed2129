// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/page_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace nightshift::s3 {
namespace {

std::optional<std::string> unescaped(std::string_view raw) {
  std::string text = "before ";
  return append_unescaped(text, raw) ? std::optional(text.substr(7)) : std::nullopt;
}

TEST(PageText, EscapesOfXmlAreUndone) {
  EXPECT_EQ(unescaped("a &lt;b&gt; &amp;amp; &quot;c&quot; &apos;d&apos;"),
            "a <b> &amp; \"c\" 'd'");
  EXPECT_EQ(unescaped("&#65;&#x42;&#x7e;"), "AB~");
  EXPECT_EQ(unescaped("&#xe9;&#x20AC;&#128269;"), "é€🔍");
  EXPECT_EQ(unescaped(""), "");
}

TEST(PageText, CharactersThatXmlForbidsAreTakenAsStoresWriteThem) {
  EXPECT_EQ(unescaped("&#x01;&#xd;&#xfffe;"), "\x01\r\xEF\xBF\xBE");
  EXPECT_EQ(unescaped(" a\r\n\tb "), " a\r\n\tb ") << "nothing is trimmed or made one line end";
}

TEST(PageText, WhatIsNoEscapeIsRefused) {
  for (const char* raw : {"&", "&amp", "& ", "&bogus;", "&;", "&#;", "&#x;", "&#0;", "&#xD800;",
                          "&#x110000;", "&#99999999999;", "&#12x;", "a&b;c"}) {
    EXPECT_FALSE(unescaped(raw)) << raw;
  }
}

TEST(PageText, CountsAreWholeNumbers) {
  EXPECT_EQ(parse_count("0"), 0);
  EXPECT_EQ(parse_count("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "9223372036854775808", "x"}) {
    EXPECT_FALSE(parse_count(text)) << text;
  }
}

TEST(PageText, TimesComeWithAFractionOrWithout) {
  constexpr std::int64_t k_second = 1'000'000'000;
  EXPECT_EQ(parse_last_modified("1970-01-01T00:00:00Z"), 0);
  EXPECT_EQ(parse_last_modified("2024-02-29T23:59:58.000Z"), 1'709'251'198 * k_second);
  EXPECT_EQ(parse_last_modified("2024-02-29T23:59:58Z"), 1'709'251'198 * k_second);
  EXPECT_EQ(parse_last_modified("1970-01-01T00:00:01.965Z"), k_second + 965'000'000);
  EXPECT_EQ(parse_last_modified("1970-01-01T00:00:01.1234567899Z"), k_second + 123'456'789);
  EXPECT_EQ(parse_last_modified("1969-12-31T23:59:59.5Z"), -k_second / 2);
}

TEST(PageText, TimesThatDoNotFitAreTheNearestThatDo) {
  EXPECT_EQ(parse_last_modified("0001-01-01T00:00:00Z"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(parse_last_modified("9999-12-31T23:59:59Z"), std::numeric_limits<std::int64_t>::max());
}

TEST(PageText, WhatIsNoTimeIsRefused) {
  for (const char* text :
       {"", "Z", "2024-01-15", "2024-01-15T10:20:30", "2024-01-15 10:20:30Z",
        "2024-01-15T10:20:30+00:00", "2024-13-15T10:20:30Z", "2023-02-29T10:20:30Z",
        "2024-01-00T10:20:30Z", "2024-01-15T24:20:30Z", "2024-01-15T10:60:30Z",
        "2024-01-15T10:20:61Z", "2024-01-15T10:20:30.Z", "2024-01-15T10:20:30.5xZ",
        "2024-01-15T10:20:30,5Z", "20x4-01-15T10:20:30Z", "2024-01-15T10:20:3Z"}) {
    EXPECT_FALSE(parse_last_modified(text)) << text;
  }
}

} // namespace
} // namespace nightshift::s3
