// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/line_reader.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct CsvRow {
  int line = 0; // where it began, from 1
  std::vector<std::string> fields;
  std::vector<std::size_t> offsets; // where in the whole text each field begins
};

// Reads comma-separated values as RFC 4180 has them: fields in quotes may hold commas, newlines and
// doubled quotes; lines end with LF or CRLF. A UTF-8 byte order mark and empty lines are passed
// over; blanks belong to their field. How many fields a row should have is up to the caller.
class CsvReader {
 public:
  // `text` must outlive the reader. `name` is for errors.
  CsvReader(std::string_view text, std::string name);

  // Of a text that is too large to be kept: a row at a time is. Borrows `lines`, of which none was
  // read yet. Throws what they throw.
  CsvReader(LineReader& lines, std::string name);

  // Nothing at the end. Throws `bad_data`, naming the line: a quote that is never closed, or one in
  // the wrong place, or a lone carriage return.
  [[nodiscard]] std::optional<CsvRow> next();

  // The same into `row`, whose memory is used again; false at the end.
  [[nodiscard]] bool next(CsvRow& row);

 private:
  [[nodiscard]] bool find_row();
  [[nodiscard]] bool refill();
  void read_fields(CsvRow& row);
  void quoted_field(std::string& field);
  void plain_field(std::string& field);
  bool skip(std::string_view token);
  [[nodiscard]] bool skip_line_end();
  [[noreturn]] void fail(int line, std::string_view what) const;

  std::string_view rest_;
  const char* begin_;            // of the text that is at hand
  std::size_t begin_offset_ = 0; // in the whole text
  LineReader* lines_ = nullptr;  // where more text comes from
  std::string name_;
  int line_ = 1;
};

} // namespace nightshift
