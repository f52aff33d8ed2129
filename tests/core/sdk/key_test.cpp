// SPDX-License-Identifier: Apache-2.0

#include "tests/support/oracle.hpp"

#include <nightshift/key.hpp>

#include <gtest/gtest.h>

#include <string>

namespace nightshift {
namespace {

TEST(Key, SplitsIntoFolderAndName) {
  struct Case {
    const char* key;
    const char* folder;
    const char* name;
  };

  for (const Case& c : {Case{"", "", ""}, Case{"a.jpg", "", "a.jpg"},
                        Case{"x/a.jpg", "x/", "a.jpg"}, Case{"x/y/a.jpg", "x/y/", "a.jpg"},
                        Case{"x/", "x/", ""}, Case{"/a", "/", "a"}, Case{"x//a", "x//", "a"}}) {
    EXPECT_EQ(folder_of(c.key), c.folder) << c.key;
    EXPECT_EQ(name_of(c.key), c.name) << c.key;
  }
}

TEST(Key, StemIsANameWithoutItsLastSuffix) {
  struct Case {
    const char* name;
    const char* stem;
  };

  for (const Case& c :
       {Case{"a.jpg", "a"}, Case{"a.b.jpg", "a.b"}, Case{"a", "a"}, Case{".jpg", ".jpg"},
        Case{"..jpg", "."}, Case{"a.", "a."}, Case{"a..", "a.."}, Case{"", ""}, Case{".", "."}}) {
    EXPECT_EQ(stem_of(c.name), c.stem) << c.name;
  }
}

TEST(Key, PrefixesAreJoinedAsAntennaDoes) {
  for (const auto& row : tests::read_oracle_csv("prefixes_public.csv")) {
    EXPECT_EQ(join_prefix(row.at("prefix"), row.at("subdir")), row.at("make_full_prefix"))
        << '"' << row.at("prefix") << "\" and \"" << row.at("subdir") << '"';
  }
}

TEST(Key, KnowsTheLengthOfValidUtf8) {
  struct Case {
    const char* text;
    std::size_t length;
  };

  for (const Case& c :
       {Case{"", 0}, Case{"a", 1}, Case{"\x7F", 1}, Case{"\u00E9x", 2}, Case{"\u591C", 3},
        Case{"\U0001F98B", 4}, Case{"\xF4\x8F\xBF\xBF", 4}, Case{"\xEF\xBF\xBF", 3}}) {
    EXPECT_EQ(utf8_length(c.text), c.length) << c.text;
  }
}

TEST(Key, KnowsWhatIsNoUtf8) {
  for (const char* text :
       {"\x80", "\xBF", "\xFF", "\xFE", "\xC3", "\xC3(", "\xE5\xA4", "\xF0\x9F\xA6",
        "\xF0\x9F(\x8B",
        /* overlong */ "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        /* surrogates */ "\xED\xA0\x80", "\xED\xBF\xBF",
        /* above U+10FFFF */ "\xF4\x90\x80\x80", "\xF5\x80\x80\x80"}) {
    EXPECT_EQ(utf8_length(text), 0U) << printable_key(text);
  }
}

TEST(Key, IsShownWithoutLosingAByte) {
  EXPECT_EQ(printable_key("a/b c.jpg"), "a/b c.jpg");
  EXPECT_EQ(printable_key("\u591C\u86FE.jpg"), "\u591C\u86FE.jpg");
  EXPECT_EQ(printable_key("a\\xFF"), "a\\\\xFF");
  EXPECT_EQ(printable_key("a\xFF\xC3.jpg"), "a\\xFF\\xC3.jpg");
}

} // namespace
} // namespace nightshift
