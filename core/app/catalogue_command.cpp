// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/json.hpp"
#include "core/base/text.hpp"
#include "core/catalogue/open_catalogue.hpp"
#include "core/record/state_dir.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace nightshift {
namespace {

struct NamedView {
  const char* name;
  const char* help;
  View view;
};

constexpr std::array<NamedView, 4> k_views{
    {{"deployments", "Deployments with their cached fields", View::deployments},
     {"sessions", "Sessions", View::sessions},
     {"captures", "Captures", View::captures},
     {"undated", "Captures without a time, with the reason", View::undated}}};

struct CatalogueArguments {
  StateOptions state;
  std::string uri = "sqlite:catalogue.db";
  ViewQuery query;
  bool json = false;
  bool vertical = false;
};

using Row = std::vector<std::optional<std::string>>;

// Columns as wide as their widest text.
std::string table_text(const std::vector<std::string>& columns, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::size_t width = columns[i].size();
    for (const Row& row : rows) {
      width = std::max(width, display_width(one_line(row[i].value_or(""))));
    }
    widths.push_back(width);
  }
  std::string text;
  const auto add_line = [&](const auto& cell) {
    for (std::size_t i = 0; i < widths.size(); ++i) {
      const std::string shown = cell(i);
      text += shown;
      text.append(widths[i] - display_width(shown) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  };
  add_line([&](std::size_t i) { return columns[i]; });
  for (const Row& row : rows) {
    add_line([&](std::size_t i) { return one_line(row[i].value_or("")); });
  }
  return text;
}

// A field a line, a blank line between rows: for rows with many columns.
std::string vertical_text(const std::vector<std::string>& columns, const std::vector<Row>& rows) {
  std::string text;
  for (const Row& row : rows) {
    text += text.empty() ? "" : "\n";
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text += fmt::format("{:<28} {}", columns[i], one_line(row[i].value_or("")));
      text.erase(text.find_last_not_of(' ') + 1);
      text += '\n';
    }
  }
  return text;
}

ExitCode read_view(const CatalogueArguments& arguments) {
  const StateDir state_dir = find_state_dir(arguments.state.state_dir, std::nullopt);
  std::vector<std::string> columns;
  std::vector<Row> rows;
  const auto take_header = [&](std::span<const std::string> names) {
    columns.assign(names.begin(), names.end());
  };
  const auto take_row = [&](ViewRow row) {
    if (!arguments.json) {
      rows.emplace_back(row.begin(), row.end());
      return;
    }
    Json json = Json::object();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      json[columns[i]] = row[i] ? Json(*row[i]) : Json();
    }
    print(to_line(json) + '\n');
  };
  read_catalogue(arguments.uri, state_dir.path(), arguments.query, take_header, take_row);
  if (!arguments.json) {
    const bool vertical = arguments.vertical || arguments.query.view == View::deployments;
    print(vertical ? vertical_text(columns, rows) : table_text(columns, rows));
  }
  return ExitCode::ok;
}

} // namespace

void add_catalogue_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("catalogue", "Print what the catalogue holds");
  sub->require_subcommand(1);
  for (const NamedView& view : k_views) {
    auto* of_view = sub->add_subcommand(view.name, view.help);
    const auto arguments = std::make_shared<CatalogueArguments>();
    arguments->query.view = view.view;
    of_view
        ->add_option("--catalogue", arguments->uri,
                     "The catalogue (default: sqlite:catalogue.db in the state directory)")
        ->type_name("URI");
    of_view->add_option("--deployment", arguments->query.deployment_id, "Only this deployment")
        ->type_name("ID");
    of_view->add_option("--limit", arguments->query.limit, "At most so many rows")
        ->check(CLI::NonNegativeNumber.description(""))
        ->type_name("N");
    of_view->add_flag("--json", arguments->json, "One JSON object a row");
    of_view->add_flag("--vertical", arguments->vertical, "One field a line");
    add_state_options(*of_view, arguments->state, TakesJobFile::no);
    of_view->callback(
        [arguments, &command] { command.work = [arguments] { return read_view(*arguments); }; });
  }
}

} // namespace nightshift
