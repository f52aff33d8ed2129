// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/settings.hpp"

#include "core/storage/manifest/csv_manifest.hpp"
#include "core/storage/path_uri.hpp"
#include "core/storage/source_uri.hpp"

#include <nightshift/key.hpp>
#include <nightshift/parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace nightshift::manifest {

namespace {

constexpr PathUriForm k_form{"manifest:",
                             "a manifest is written as manifest:/srv/listings/captures.csv"};

struct NamedFormat {
  std::string_view name;
  Format format;
};

constexpr std::array k_formats{
    NamedFormat{"auto", Format::automatic}, NamedFormat{"csv", Format::csv},
    NamedFormat{"jsonl", Format::json_lines}, NamedFormat{"rclone", Format::rclone},
    NamedFormat{"s3_inventory", Format::s3_inventory}};

struct NamedField {
  std::string_view name;
  Field field;
};

constexpr std::array k_fields{NamedField{"key", Field::key}, NamedField{"size", Field::size},
                              NamedField{"last_modified", Field::last_modified},
                              NamedField{"etag", Field::etag}};

SourcePosition position_of(const StorageSettings& source, std::string_view key) {
  const Value* value = source.options.find(key);
  return value != nullptr ? value->position() : source.options.position();
}

// The value for `name` in a table of names.
template <class Table>
auto find_named(const Table& table, std::string_view name) {
  return std::find_if(table.begin(), table.end(),
                      [&](const auto& named) { return named.name == name; });
}

// The entries of `columns`, which is a map.
std::map<Field, std::string> read_columns(const Value& columns, Diagnostics& diagnostics) {
  std::vector<ParameterSpec> specs;
  specs.reserve(k_fields.size());
  for (const NamedField& named : k_fields) {
    specs.push_back({.key = std::string(named.name), .minimum = 1});
  }
  const Parameters names(columns, std::move(specs), "columns", diagnostics);
  std::map<Field, std::string> chosen;
  for (const NamedField& named : k_fields) {
    if (const auto* name = names.at(named.name).as<std::string>()) {
      chosen.emplace(named.field, *name);
    }
  }
  return chosen;
}

// Whole folders: "captures" is as good as "captures/", and "/" alone is a folder, too.
std::string as_root(std::string root) {
  if (!root.empty() && !root.ends_with('/')) {
    root.push_back('/');
  }
  return root;
}

void check_schema(const StorageSettings& source, const Settings& settings,
                  Diagnostics& diagnostics) {
  if (settings.schema.empty()) {
    return;
  }
  const SourcePosition position = position_of(source, "schema");
  if (settings.format == Format::json_lines || settings.format == Format::rclone) {
    diagnostics.error(position, "schema is for a CSV; JSON names its members itself");
    return;
  }
  const FieldNames names(settings.columns);
  for (const Field field : {Field::key, Field::size}) {
    const bool is_there =
        std::any_of(settings.schema.begin(), settings.schema.end(), [&](const std::string& name) {
          const auto match = names.find(name);
          return match && match->field == field;
        });
    if (!is_there) {
      diagnostics.error(position, fmt::format("schema has no column named {}", names.known(field)));
    }
  }
}

} // namespace

std::vector<ParameterSpec> source_parameters() {
  std::vector<std::string> formats;
  formats.reserve(k_formats.size());
  for (const NamedFormat& named : k_formats) {
    formats.emplace_back(named.name);
  }
  return {{.key = "uri"},
          {.key = "format", .fallback = "auto", .choices = std::move(formats)},
          {.key = "columns", .type = ParameterType::map},
          {.key = "schema", .minimum = 1},
          {.key = "root"},
          {.key = "max_age", .type = ParameterType::duration, .minimum = 1}};
}

std::optional<Settings> read_settings(const StorageSettings& source, Diagnostics& diagnostics) {
  const std::size_t mistakes = diagnostics.errors().size();
  const Parameters options(source.options, source_parameters(), "a manifest source", diagnostics);
  const auto path = parse_path_uri(source.uri, k_form);
  if (!path) {
    diagnostics.error(position_of(source, "uri"), fmt::format("the source's URI {}", path.error()));
  }
  if (diagnostics.errors().size() > mistakes) {
    return std::nullopt;
  }
  Settings settings;
  settings.path = *path;
  settings.format = find_named(k_formats, options.text("format"))->format;
  settings.columns = read_columns(options.at("columns"), diagnostics);
  if (options.has("schema")) {
    settings.schema = split_schema(options.text("schema"));
  }
  settings.root = as_root(options.text("root"));
  if (options.has("max_age")) {
    settings.max_age = options.duration("max_age");
  }
  check_schema(source, settings, diagnostics);
  return diagnostics.errors().size() > mistakes ? std::nullopt : std::optional(settings);
}

std::string make_uri(std::string_view path) {
  return std::string(k_form.scheme) + percent_encode_path(path);
}

} // namespace nightshift::manifest
