// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct CsvRow {
  int line = 0; // where it began, from 1
  std::vector<std::string> fields;
  std::vector<std::size_t> offsets; // where in the text each field begins
};

// Reads comma-separated values as RFC 4180 has them: fields in quotes may hold commas, newlines and
// doubled quotes; lines end with LF or CRLF. A UTF-8 byte order mark and empty lines are passed
// over; blanks belong to their field. How many fields a row should have is up to the caller.
class CsvReader {
 public:
  // `text` must outlive the reader. `name` is for errors.
  CsvReader(std::string_view text, std::string name);

  // Nothing at the end. Throws `bad_data`, naming the line: a quote that is never closed, or one in
  // the wrong place, or a lone carriage return.
  [[nodiscard]] std::optional<CsvRow> next();

 private:
  [[nodiscard]] std::string quoted_field();
  [[nodiscard]] std::string plain_field();
  [[nodiscard]] bool skip(std::string_view token);
  [[nodiscard]] bool skip_line_end();
  [[noreturn]] void fail(int line, std::string_view what) const;

  std::string_view rest_;
  const char* begin_; // of the text
  std::string name_;
  int line_ = 1;
};

} // namespace nightshift
