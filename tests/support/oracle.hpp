// SPDX-License-Identifier: Apache-2.0
//
// Antenna's own answers, recorded in tests/data/oracle. A file that is missing, empty or
// ragged throws, so that no test passes for want of data.

#pragma once

#include "core/base/csv.hpp"
#include "core/base/file.hpp"
#include "core/base/json.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

// Column name -> field.
using OracleRow = std::map<std::string, std::string, std::less<>>;

inline std::string read_oracle_text(std::string_view file_name) {
  const auto path = std::filesystem::path(NIGHTSHIFT_TEST_DATA) / "oracle" / file_name;
  return read_file(path, std::size_t{16} << 20U);
}

// "filter_keys_public.csv" -> its rows.
inline std::vector<OracleRow> read_oracle_csv(std::string_view file_name) {
  const std::string text = read_oracle_text(file_name);
  CsvReader reader(text, std::string(file_name));
  const auto header = reader.next();
  std::vector<OracleRow> rows;
  while (const auto record = reader.next()) {
    if (record->fields.size() != header->fields.size()) {
      throw std::runtime_error(std::string(file_name) + ": ragged at line " +
                               std::to_string(record->line));
    }
    OracleRow& row = rows.emplace_back();
    for (std::size_t i = 0; i < record->fields.size(); ++i) {
      row.emplace(header->fields[i], record->fields[i]);
    }
  }
  if (rows.empty()) {
    throw std::runtime_error(std::string(file_name) + ": no rows");
  }
  return rows;
}

// "stage_keys_public.jsonl" -> its lines.
inline std::vector<Json> read_oracle_jsonl(std::string_view file_name) {
  std::istringstream text(read_oracle_text(file_name));
  std::vector<Json> values;
  for (std::string line; std::getline(text, line);) {
    values.push_back(Json::parse(line));
  }
  if (values.empty()) {
    throw std::runtime_error(std::string(file_name) + ": no lines");
  }
  return values;
}

} // namespace nightshift::tests
