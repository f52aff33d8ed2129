// SPDX-License-Identifier: Apache-2.0

#include "core/config/text_check.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

using namespace std::string_view_literals;

TEST(TextCheck, PassesTextInUtf8) {
  for (const std::string_view text :
       {""sv, "a: 1\n"sv, "a:\t1\r\nb: 2\r\n"sv, "\xEF\xBB\xBFversion: 1"sv,
        "name: Zürich 中文 🦋\n"sv, "\xC2\x85"sv}) {
    Diagnostics diagnostics;
    EXPECT_TRUE(check_text(text, 0, diagnostics)) << text;
    EXPECT_FALSE(diagnostics.has_errors());
  }
}

TEST(TextCheck, NamesTheFirstByteThatIsNoText) {
  struct Row {
    std::string_view text;
    SourcePosition position;
    std::string_view message;
  };

  const Row rows[] = {
      {"a: \0\n"sv, {0, 1, 4}, "the byte 0x00 belongs in no text; is this a job file at all?"},
      {"\x7F"
       "ELF\x02\x01\0"sv,
       {0, 1, 1},
       "the byte 0x7F belongs in no text; is this a job file at all?"},
      {"a: 1\nb: x\x04y\n"sv,
       {0, 2, 5},
       "the byte 0x04 belongs in no text; is this a job file at all?"},
      {"name: Z\xFCrich"sv, {0, 1, 8}, "the byte 0xFC is no UTF-8; save the file as UTF-8"},
      {"a: \xC0\x80"sv, {0, 1, 4}, "the byte 0xC0 is no UTF-8; save the file as UTF-8"},
      {"a: \xED\xA0\x80"sv, {0, 1, 4}, "the byte 0xED is no UTF-8; save the file as UTF-8"},
      {"ü: \xFF"sv, {0, 1, 4}, "the byte 0xFF is no UTF-8; save the file as UTF-8"},
      {"a: 1\rb: 2\r"sv, {0, 1, 5}, "a carriage return stands alone; end lines with LF or CRLF"},
      {"\xFF\xFE"
       "a\0"sv,
       {0, 0, 0},
       "the file is UTF-16; save it as UTF-8"},
      {"\xFE\xFF\0a"sv, {0, 0, 0}, "the file is UTF-16; save it as UTF-8"},
      {"a\0:\0 \0"sv, {0, 0, 0}, "the file is UTF-16; save it as UTF-8"},
      {"\0a\0:\0 "sv, {0, 0, 0}, "the file is UTF-16; save it as UTF-8"},
  };
  for (const Row& row : rows) {
    Diagnostics diagnostics;
    EXPECT_FALSE(check_text(row.text, 0, diagnostics));
    ASSERT_EQ(diagnostics.errors().size(), 1U);
    EXPECT_EQ(diagnostics.errors()[0].message, row.message);
    EXPECT_EQ(diagnostics.errors()[0].position, row.position) << row.message;
  }
}

TEST(ByteOrderMark, IsLeftOut) {
  EXPECT_EQ(without_byte_order_mark("\xEF\xBB\xBFx"), "x");
  EXPECT_EQ(without_byte_order_mark("x\xEF\xBB\xBF"), "x\xEF\xBB\xBF");
}

} // namespace
} // namespace nightshift
