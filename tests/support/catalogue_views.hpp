// SPDX-License-Identifier: Apache-2.0
//
// A catalogue's views as values, to be compared.

#pragma once

#include <nightshift/catalogue.hpp>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::tests {

struct ViewTable {
  std::vector<std::string> columns;
  std::vector<std::vector<std::string>> rows; // a null as "NULL"

  // All values of one column, in the order of the rows.
  [[nodiscard]] std::vector<std::string> column(const std::string& name) const {
    const auto at = std::find(columns.begin(), columns.end(), name) - columns.begin();
    std::vector<std::string> values;
    for (const auto& row : rows) {
      values.push_back(row.at(static_cast<std::size_t>(at)));
    }
    return values;
  }

  [[nodiscard]] ViewTable without(const std::vector<std::string>& names) const {
    ViewTable rest;
    rest.rows.resize(rows.size());
    for (std::size_t at = 0; at < columns.size(); ++at) {
      if (std::find(names.begin(), names.end(), columns[at]) != names.end()) {
        continue;
      }
      rest.columns.push_back(columns[at]);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        rest.rows[row].push_back(rows[row][at]);
      }
    }
    return rest;
  }

  friend bool operator==(const ViewTable&, const ViewTable&) = default;
};

inline ViewTable read_view(Catalogue& catalogue, const ViewQuery& query) {
  ViewTable table;
  catalogue.read(
      query,
      [&](std::span<const std::string> columns) {
        table.columns.assign(columns.begin(), columns.end());
      },
      [&](ViewRow row) {
        std::vector<std::string>& values = table.rows.emplace_back();
        for (const auto& value : row) {
          values.push_back(value.value_or("NULL"));
        }
      });
  return table;
}

// What two catalogues must agree in to be called equal, however they came to be: the present
// captures with all their columns, the sessions without their ids, the cached fields. What is known
// of missing captures, and when it was last looked, may differ.
inline std::vector<std::string> equality_of(Catalogue& catalogue) {
  std::vector<std::string> lines;
  const auto add = [&](const ViewTable& table) {
    for (const auto& row : table.rows) {
      std::string& line = lines.emplace_back();
      for (std::size_t at = 0; at < row.size(); ++at) {
        line += table.columns[at] + "=" + row[at] + " ";
      }
    }
  };
  ViewTable captures = read_view(catalogue, {View::captures, {}, {}});
  const auto state = std::find(captures.columns.begin(), captures.columns.end(), "state");
  const auto at = static_cast<std::size_t>(state - captures.columns.begin());
  std::erase_if(captures.rows, [&](const auto& row) { return row[at] == "missing"; });
  add(captures.without({"session_id"}));
  add(read_view(catalogue, {View::sessions, {}, {}}).without({"id"}));
  add(read_view(catalogue, {View::deployments, {}, {}})
          .without({"missing_count", "data_source_last_checked"}));
  return lines;
}

} // namespace nightshift::tests
