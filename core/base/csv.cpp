// SPDX-License-Identifier: Apache-2.0

#include "core/base/csv.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace nightshift {

namespace {

constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

// Bytes that end a plain field, or have no place in one.
constexpr std::array<bool, 256> k_ends_plain_field = [] {
  std::array<bool, 256> ends{};
  for (const char c : {',', '\n', '\r', '"'}) {
    ends[static_cast<unsigned char>(c)] = true;
  }
  return ends;
}();

bool ends_plain_field(char c) noexcept {
  return k_ends_plain_field[static_cast<unsigned char>(c)];
}

} // namespace

CsvReader::CsvReader(std::string_view text, std::string name)
    : rest_(text),
      begin_(text.data()),
      name_(std::move(name)) {
  skip(k_byte_order_mark);
}

CsvReader::CsvReader(LineReader& lines, std::string name)
    : begin_(nullptr),
      lines_(&lines),
      name_(std::move(name)) {}

std::optional<CsvRow> CsvReader::next() {
  CsvRow row;
  return next(row) ? std::optional(std::move(row)) : std::nullopt;
}

bool CsvReader::next(CsvRow& row) {
  if (!find_row()) {
    return false;
  }
  row.line = line_;
  row.offsets.clear();
  read_fields(row);
  if (!rest_.empty() && !skip_line_end()) {
    fail(line_, "a quoted field goes on after its closing quote; write a quote within it twice");
  }
  return true;
}

bool CsvReader::find_row() {
  do {
    while (skip_line_end()) {
    }
  } while (rest_.empty() && refill());
  return !rest_.empty();
}

// The next line, and those that its quotes make part of its row.
bool CsvReader::refill() {
  if (lines_ == nullptr || !lines_->next()) {
    return false;
  }
  const bool is_first = begin_ == nullptr;
  bool in_quotes = false;
  std::size_t counted = 0;
  do {
    const std::string_view more = lines_->text().substr(counted);
    in_quotes = in_quotes != (std::count(more.begin(), more.end(), '"') % 2 == 1);
    counted += more.size();
  } while (in_quotes && lines_->extend());
  rest_ = lines_->text();
  begin_ = rest_.data();
  begin_offset_ = lines_->offset();
  if (is_first) {
    skip(k_byte_order_mark);
  }
  return true;
}

void CsvReader::read_fields(CsvRow& row) {
  std::size_t count = 0;
  do {
    row.offsets.push_back(begin_offset_ + static_cast<std::size_t>(rest_.data() - begin_));
    if (count == row.fields.size()) {
      row.fields.emplace_back();
    }
    std::string& field = row.fields[count++];
    if (rest_.starts_with('"')) {
      quoted_field(field);
    } else {
      plain_field(field);
    }
  } while (skip(","));
  row.fields.resize(count);
}

void CsvReader::quoted_field(std::string& field) {
  const int opened = line_;
  field.clear();
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
      return;
    }
    field.push_back('"');
  }
}

void CsvReader::plain_field(std::string& field) {
  const auto* const end = std::find_if(rest_.begin(), rest_.end(), ends_plain_field);
  field.assign(rest_.begin(), end);
  rest_.remove_prefix(field.size());
  if (rest_.starts_with('"')) {
    fail(line_, "a quote stands in a field that does not begin with one; put the whole field in "
                "quotes and write the quote twice");
  }
  if (rest_.starts_with('\r') && !rest_.starts_with("\r\n")) {
    fail(line_, "a carriage return stands alone; end lines with LF or CRLF");
  }
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
