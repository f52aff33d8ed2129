// SPDX-License-Identifier: Apache-2.0

#include "core/config/deployments_csv.hpp"

#include "core/base/csv.hpp"
#include "core/config/core_schema.hpp"
#include "core/config/sections.hpp"
#include "core/config/text_check.hpp"
#include "core/config/text_position.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace nightshift {

namespace {

constexpr std::string_view k_project_prefix = "project_";
constexpr std::size_t k_most_rows = 100'000;

class DeploymentsCsv {
 public:
  DeploymentsCsv(std::string_view text, int file, Diagnostics& diagnostics)
      : csv_(text, ""),
        positions_(text, file),
        file_(file),
        columns_(csv_columns()),
        diagnostics_(diagnostics) {}

  Value::List read() {
    Value::List deployments;
    if (!read_header()) {
      return deployments;
    }
    while (const auto row = next()) {
      if (row->fields.size() != header_.size()) {
        diagnostics_.error(position_of(*row, 0),
                           fmt::format("this row has {} fields, and the first row names {} columns",
                                       row->fields.size(), header_.size()));
        continue;
      }
      if (deployments.size() == k_most_rows) {
        diagnostics_.error(position_of(*row, 0), "a CSV may list 100,000 deployments, not more");
        break;
      }
      deployments.push_back(entry(*row));
    }
    return deployments;
  }

 private:
  // The next row, or nothing at the end or where the text is no CSV, which is reported.
  std::optional<CsvRow> next() {
    try {
      return csv_.next();
    } catch (const JobError& error) {
      // ":12: what is wrong", for the reader was given no name.
      std::string_view message = error.what();
      int line = 0;
      message.remove_prefix(1);
      const auto [stop, failed] =
          std::from_chars(message.data(), message.data() + message.size(), line);
      if (failed == std::errc{}) {
        message.remove_prefix(static_cast<std::size_t>(stop - message.data()) + 2);
      }
      diagnostics_.error({file_, line, 1}, std::string(message));
      return std::nullopt;
    }
  }

  bool read_header() {
    const std::size_t mistakes = diagnostics_.errors().size();
    const auto row = next();
    if (!row) {
      if (diagnostics_.errors().size() == mistakes) {
        diagnostics_.error({file_, 0, 0}, "the CSV is empty; its first row names the columns");
      }
      return false;
    }
    for (std::size_t i = 0; i < row->fields.size(); ++i) {
      add_column(row->fields[i], position_of(*row, i));
    }
    for (const ParameterSpec& column : columns_) {
      if (column.required && std::none_of(header_.begin(), header_.end(),
                                          [&](const auto* named) { return named == &column; })) {
        diagnostics_.error(position_of(*row, 0),
                           fmt::format("the column \"{}\" is missing", column.key));
      }
    }
    return diagnostics_.errors().size() == mistakes;
  }

  void add_column(const std::string& name, SourcePosition position) {
    const auto column = std::find_if(columns_.begin(), columns_.end(),
                                     [&](const ParameterSpec& spec) { return spec.key == name; });
    if (column == columns_.end()) {
      std::vector<std::string> known;
      for (const ParameterSpec& spec : columns_) {
        known.push_back(spec.key);
      }
      std::string hint = did_you_mean(name, known);
      if (hint.empty()) {
        hint = fmt::format("known: {}", fmt::join(known, ", "));
      }
      diagnostics_.error(position, fmt::format("deployments have no column {}", shown(Value(name))),
                         std::move(hint));
      header_.push_back(nullptr);
      return;
    }
    if (std::find(header_.begin(), header_.end(), &*column) != header_.end()) {
      diagnostics_.error(position, fmt::format("the column \"{}\" stands twice", name));
    }
    header_.push_back(&*column);
  }

  Value entry(const CsvRow& row) {
    Value::Map deployment;
    Value::Map project;
    for (std::size_t i = 0; i < row.fields.size(); ++i) {
      const ParameterSpec& column = *header_[i];
      if (row.fields[i].empty() && !column.required) {
        continue;
      }
      const SourcePosition position = position_of(row, i);
      Value cell = value(row.fields[i], column, position);
      if (column.key.starts_with(k_project_prefix)) {
        project.push_back({column.key.substr(k_project_prefix.size()), position, std::move(cell)});
      } else {
        deployment.push_back({column.key, position, std::move(cell)});
      }
    }
    const SourcePosition begin = position_of(row, 0);
    const SourcePosition project_begin = project.empty() ? begin : project.front().position;
    deployment.push_back({"project", project_begin, Value(std::move(project), project_begin)});
    return {std::move(deployment), begin};
  }

  static Value value(const std::string& field, const ParameterSpec& column,
                     SourcePosition position) {
    if (field.empty()) {
      return Value::nothing_at(position);
    }
    const bool is_number =
        column.type == ParameterType::integer || column.type == ParameterType::number;
    return is_number ? read_plain(field, position) : Value(field, position);
  }

  SourcePosition position_of(const CsvRow& row, std::size_t field) {
    return positions_.at(row.offsets[field]);
  }

  CsvReader csv_;
  TextPositions positions_;
  int file_;
  std::vector<ParameterSpec> columns_;
  std::vector<const ParameterSpec*> header_; // of each column in the file
  Diagnostics& diagnostics_;
};

} // namespace

Value::List read_deployments_csv(std::string_view text, int file, Diagnostics& diagnostics) {
  text = without_byte_order_mark(text);
  if (!check_text(text, file, diagnostics)) {
    return {};
  }
  return DeploymentsCsv(text, file, diagnostics).read();
}

} // namespace nightshift
