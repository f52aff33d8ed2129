// SPDX-License-Identifier: Apache-2.0

#include "core/config/schema.hpp"
#include "core/config/sections.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

namespace {

std::string_view type_word(ParameterType type) {
  switch (type) {
  case ParameterType::text:
    return "text";
  case ParameterType::integer:
    return "whole number";
  case ParameterType::number:
    return "number";
  case ParameterType::boolean:
    return "`true` or `false`";
  case ParameterType::duration:
    return "duration";
  case ParameterType::seconds:
    return "seconds or duration";
  case ParameterType::share:
    return "percentage";
  case ParameterType::time_zone:
    return "time zone";
  case ParameterType::regex:
    return "regular expression";
  case ParameterType::texts:
    return "list of text";
  case ParameterType::list:
    return "list";
  case ParameterType::map:
    return "map";
  }
  return "text";
}

std::string bounds_of(const ParameterSpec& spec) {
  const auto text = [&](double bound) { return detail::bound_text(bound, spec.type); };
  if (detail::is_counted(spec.type)) {
    return spec.minimum == 1.0 ? ", not empty" : "";
  }
  if (spec.minimum && spec.maximum) {
    return *spec.minimum == *spec.maximum
               ? ", " + text(*spec.minimum)
               : fmt::format(", {} to {}", text(*spec.minimum), text(*spec.maximum));
  }
  if (spec.minimum) {
    return fmt::format(", at least {}", text(*spec.minimum));
  }
  return spec.maximum ? fmt::format(", at most {}", text(*spec.maximum)) : "";
}

std::string default_of(const ParameterSpec& spec) {
  if (spec.required) {
    return "required";
  }
  return spec.fallback.is_nothing() ? "" : fmt::format("`{}`", default_value_text(spec));
}

// For a cell of a table.
std::string escaped(std::string_view text) {
  std::string cell;
  for (const char c : text) {
    cell += c == '|' ? std::string("\\|") : std::string(1, c == '\n' ? ' ' : c);
  }
  return cell;
}

std::string table(const std::vector<ParameterSpec>& keys) {
  std::string text = "| Key | Value | Default | Meaning |\n|---|---|---|---|\n";
  for (const ParameterSpec& spec : keys) {
    const std::string value = spec.choices.empty()
                                  ? fmt::format("{}{}", type_word(spec.type), bounds_of(spec))
                                  : fmt::format("`{}`", fmt::join(spec.choices, "` or `"));
    text += fmt::format("| `{}` | {} | {} | {} |\n", spec.key, escaped(value),
                        escaped(default_of(spec)), escaped(spec.help));
  }
  return text;
}

std::string section_page(const Section& section) {
  return fmt::format("### {}\n\n{}{}", section.title,
                     section.help.empty() ? "" : section.help + "\n\n", table(section.keys));
}

std::string type_page(const JobTypeInfo& type, std::span<const JobTypeInfo* const> types) {
  const std::vector<ParameterSpec> parameters = job_parameters(type, types);
  return fmt::format("### `params` of `{}`\n\n{}{}\n\n{}", type.key, type.help,
                     type.needs_deployment ? " Needs a deployment." : "",
                     parameters.empty() ? "None.\n" : table(parameters));
}

} // namespace

std::string default_value_text(const ParameterSpec& spec) {
  const auto plain = [](const Value& value) {
    const auto* text = value.as<std::string>();
    return text != nullptr ? *text : shown(value);
  };
  const auto* list = spec.fallback.as<Value::List>();
  if (list == nullptr) {
    return plain(spec.fallback);
  }
  std::vector<std::string> items;
  std::transform(list->begin(), list->end(), std::back_inserter(items), plain);
  return fmt::format("[{}]", fmt::join(items, ", "));
}

std::string reference_page(std::span<const JobTypeInfo* const> types) {
  std::string page;
  for (const Section& section : {job_file_section(), source_section(""), store_section(),
                                 manifest_section(), defaults_section(), deployment_section(),
                                 project_section(), deployments_csv_section(), job_section()}) {
    page += (page.empty() ? "" : "\n") + section_page(section);
  }
  for (const JobTypeInfo* type : types) {
    page += "\n" + type_page(*type, types);
  }
  return page;
}

} // namespace nightshift
