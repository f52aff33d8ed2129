// SPDX-License-Identifier: Apache-2.0

#include "core/base/csv.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightshift {

CsvReader::CsvReader(std::string_view text, std::string name)
    : rest_(text),
      begin_(text.data()),
      name_(std::move(name)) {
  static_cast<void>(skip("\xEF\xBB\xBF"));
}

std::optional<CsvRow> CsvReader::next() {
  while (skip_line_end()) {
  }
  if (rest_.empty()) {
    return std::nullopt;
  }
  CsvRow row{line_, {}, {}};
  do {
    row.offsets.push_back(static_cast<std::size_t>(rest_.data() - begin_));
    row.fields.push_back(rest_.starts_with('"') ? quoted_field() : plain_field());
  } while (skip(","));
  if (!rest_.empty() && !skip_line_end()) {
    fail(line_, "a quoted field goes on after its closing quote; write a quote within it twice");
  }
  return row;
}

std::string CsvReader::quoted_field() {
  const int opened = line_;
  std::string field;
  rest_.remove_prefix(1);
  for (;;) {
    const std::size_t quote = rest_.find('"');
    if (quote == std::string_view::npos) {
      fail(opened, "a quote is opened and never closed");
    }
    const std::string_view part = rest_.substr(0, quote);
    line_ += static_cast<int>(std::count(part.begin(), part.end(), '\n'));
    field += part;
    rest_.remove_prefix(quote + 1);
    if (!skip("\"")) {
      return field;
    }
    field.push_back('"');
  }
}

std::string CsvReader::plain_field() {
  const std::string_view field = rest_.substr(0, rest_.find_first_of(",\n\r\""));
  rest_.remove_prefix(field.size());
  if (rest_.starts_with('"')) {
    fail(line_, "a quote stands in a field that does not begin with one; put the whole field in "
                "quotes and write the quote twice");
  }
  if (rest_.starts_with('\r') && !rest_.starts_with("\r\n")) {
    fail(line_, "a carriage return stands alone; end lines with LF or CRLF");
  }
  return std::string(field);
}

bool CsvReader::skip(std::string_view token) {
  const bool there = rest_.starts_with(token);
  rest_.remove_prefix(there ? token.size() : 0);
  return there;
}

bool CsvReader::skip_line_end() {
  const bool there = skip("\n") || skip("\r\n");
  line_ += there ? 1 : 0;
  return there;
}

void CsvReader::fail(int line, std::string_view what) const {
  throw permanent_error(error_code::k_bad_data, fmt::format("{}:{}: {}", name_, line, what));
}

} // namespace nightshift
