// SPDX-License-Identifier: Apache-2.0

#include "core/base/csv.hpp"
#include "tests/support/chunked_bytes.hpp"
#include "tests/support/error_of.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace nightshift {

namespace {

using CsvRows = std::vector<std::vector<std::string>>;

CsvRows rows_of(std::string_view text) {
  CsvReader reader(text, "t.csv");
  CsvRows rows;
  while (auto row = reader.next()) {
    rows.push_back(std::move(row->fields));
  }
  return rows;
}

// The same, of a text that comes in chunks and is never there as a whole.
CsvRows rows_of_chunks(std::string_view text, std::size_t chunk) {
  tests::ChunkedBytes source{std::string(text), chunk};
  LineReader lines(source);
  CsvReader reader(lines, "t.csv");
  CsvRows rows;
  CsvRow row{0, {"left", "over", "from", "before"}, {}};
  while (reader.next(row)) {
    rows.push_back(row.fields);
  }
  return rows;
}

std::string csv_error_in(std::string_view text) {
  std::string error = tests::error_of([&] { return rows_of(text); }).what();
  for (const std::size_t chunk : {1U, 1000U}) {
    EXPECT_EQ(tests::error_of([&] { return rows_of_chunks(text, chunk); }).what(), error);
  }
  return error;
}

struct CsvCase {
  const char* name;
  std::string_view text;
  CsvRows rows;

  friend void PrintTo(const CsvCase& c, std::ostream* out) { *out << c.name; }
};

class Csv : public testing::TestWithParam<CsvCase> {};

TEST_P(Csv, IsReadAsRfc4180HasIt) {
  EXPECT_EQ(rows_of(GetParam().text), GetParam().rows);
}

TEST_P(Csv, IsReadInChunksAsItIsAsAWhole) {
  for (const std::size_t chunk : {1U, 2U, 3U, 1000U}) {
    EXPECT_EQ(rows_of_chunks(GetParam().text, chunk), GetParam().rows) << chunk;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Csv,
    testing::Values(
        CsvCase{"nothing", "", {}}, CsvCase{"plain", "a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}},
        CsvCase{"no_final_newline", "a,b\n1,2", {{"a", "b"}, {"1", "2"}}},
        CsvCase{"crlf", "a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}},
        CsvCase{"byte_order_mark", "\xEF\xBB\xBFid,name\n", {{"id", "name"}}},
        CsvCase{"empty_fields", ",\n,,\n", {{"", ""}, {"", "", ""}}},
        CsvCase{"empty_quoted_field", "\"\"\n", {{""}}},
        CsvCase{"empty_lines_are_passed_over", "\n\na\n\r\nb\n\n", {{"a"}, {"b"}}},
        CsvCase{"blanks_belong_to_their_field", " a , b\n", {{" a ", " b"}}},
        CsvCase{"comma_and_quote_in_quotes", "\"a,\"\"b\"\"\",c\n", {{"a,\"b\"", "c"}}},
        CsvCase{"newlines_in_quotes", "\"a\nb\r\nc\",d\n", {{"a\nb\r\nc", "d"}}},
        CsvCase{"only_the_first_mark_is_one", "\xEF\xBB\xBF\xEF\xBB\xBF\n", {{"\xEF\xBB\xBF"}}}),
    [](const auto& c) { return c.param.name; });

TEST(CsvReader, TellsTheLineThatEachRowBeganOn) {
  CsvReader reader("a\n\n\"b\n\n\"\r\nc\n", "t.csv");
  EXPECT_EQ(reader.next()->line, 1);
  EXPECT_EQ(reader.next()->line, 3);
  EXPECT_EQ(reader.next()->line, 6);
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.next());
}

TEST(CsvReader, TellsWhereInTheTextEachFieldBegins) {
  CsvReader reader("\xEF\xBB\xBF"
                   "a,\"b,\"\n,c",
                   "t.csv");
  EXPECT_EQ(reader.next()->offsets, (std::vector<std::size_t>{3, 5}));
  EXPECT_EQ(reader.next()->offsets, (std::vector<std::size_t>{10, 11}));
}

TEST(CsvReader, TellsLinesAndOffsetsOfTextInChunks) {
  tests::ChunkedBytes source("\xEF\xBB\xBF"
                             "a,\"b\n\"\r\n\nc,d\n");
  LineReader lines(source);
  CsvReader reader(lines, "t.csv");
  EXPECT_EQ(reader.next()->offsets, (std::vector<std::size_t>{3, 5}));
  const auto row = reader.next();
  EXPECT_EQ(row->line, 4);
  EXPECT_EQ(row->offsets, (std::vector<std::size_t>{12, 14}));
}

TEST(CsvReader, NamesFileAndLineOfWhatIsWrong) {
  EXPECT_EQ(csv_error_in("a\n\"b\nc\n"), "t.csv:2: a quote is opened and never closed");
  EXPECT_EQ(csv_error_in("a\n\"b\nc\"d\n"),
            "t.csv:3: a quoted field goes on after its closing quote; write a quote within it "
            "twice");
  EXPECT_EQ(csv_error_in("5\" lens\n"),
            "t.csv:1: a quote stands in a field that does not begin with one; put the whole field "
            "in quotes and write the quote twice");
  EXPECT_EQ(csv_error_in("a\rb\n"),
            "t.csv:1: a carriage return stands alone; end lines with LF or CRLF");
  EXPECT_EQ(tests::error_of([] { return rows_of("\""); }).code(), error_code::k_bad_data);
}

} // namespace

} // namespace nightshift
