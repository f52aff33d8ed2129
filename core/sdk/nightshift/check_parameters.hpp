// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>
#include <nightshift/key.hpp>
#include <nightshift/parameter_spec.hpp>
#include <nightshift/suggestion.hpp>
#include <nightshift/units.hpp>
#include <nightshift/value.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

namespace detail {

// `text` on one line, cut if it is long.
[[nodiscard]] inline std::string one_short_line(std::string_view text) {
  constexpr std::size_t k_longest = 60;
  std::string line;
  while (!text.empty()) {
    if (line.size() > k_longest) {
      return line + "…";
    }
    const std::size_t length = utf8_length(text);
    if (length > 1 || (length == 1 && text.front() >= ' ' && text.front() != '\x7F')) {
      line.append(text.substr(0, length));
    } else {
      line += fmt::format("\\x{:02X}", static_cast<unsigned char>(text.front()));
    }
    text.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return line;
}

} // namespace detail

// A value for a sentence: text in quotes, on one line and cut if it is long. What was put in for
// `${env:NAME}` is not shown, for it may be a secret.
[[nodiscard]] inline std::string shown(const Value& value) {
  if (!value.unresolved().empty()) {
    return detail::one_short_line(value.unresolved());
  }
  if (const auto* truth = value.as<bool>()) {
    return *truth ? "true" : "false";
  }
  if (const auto* whole = value.as<std::int64_t>()) {
    return fmt::format("{}", *whole);
  }
  if (const auto* real = value.as<double>()) {
    return fmt::format("{:#}", *real); // "1.0", so that it is seen to be no whole number
  }
  if (const auto* text = value.as<std::string>()) {
    return fmt::format("\"{}\"", detail::one_short_line(*text));
  }
  return std::string(value.type_name());
}

namespace detail {

// The value as a number in the unit of a spec's bounds; nothing if it is of another type.
[[nodiscard]] inline std::optional<double> measure(const Value& value, ParameterType type) {
  const auto* whole = value.as<std::int64_t>();
  const auto* real = value.as<double>();
  const auto* text = value.as<std::string>();
  switch (type) {
  case ParameterType::integer:
    return whole != nullptr ? std::optional(static_cast<double>(*whole)) : std::nullopt;
  case ParameterType::number:
    if (real != nullptr) {
      return std::isfinite(*real) ? std::optional(*real) : std::nullopt;
    }
    return measure(value, ParameterType::integer);
  case ParameterType::duration:
    if (whole != nullptr && *whole == 0) {
      return 0.0;
    }
    if (const auto duration = text != nullptr ? parse_duration(*text) : std::nullopt) {
      return std::chrono::duration<double>(*duration).count();
    }
    return std::nullopt;
  case ParameterType::seconds: {
    const auto number = measure(value, ParameterType::number);
    return number ? number : measure(value, ParameterType::duration);
  }
  case ParameterType::share:
    return text != nullptr ? parse_share(*text) : std::nullopt;
  default:
    return std::nullopt;
  }
}

// How many: of a list its items, of a text its characters.
[[nodiscard]] inline std::optional<double> count(const Value& value) {
  if (const auto* list = value.as<Value::List>()) {
    return static_cast<double>(list->size());
  }
  if (const auto* text = value.as<std::string>()) {
    return static_cast<double>(std::count_if(text->begin(), text->end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; // begins a character of UTF-8
    }));
  }
  return std::nullopt;
}

[[nodiscard]] inline bool is_of(const Value& value, ParameterType type) {
  const auto* list = value.as<Value::List>();
  const auto* text = value.as<std::string>();
  switch (type) {
  case ParameterType::text:
  case ParameterType::regex: // the host, which knows the dialect, compiles it
    return text != nullptr;
  case ParameterType::time_zone:
    return text != nullptr && (text->empty() || is_time_zone(*text));
  case ParameterType::boolean:
    return value.as<bool>() != nullptr;
  case ParameterType::texts:
    return list != nullptr && std::all_of(list->begin(), list->end(), [](const Value& item) {
             return item.as<std::string>() != nullptr;
           });
  case ParameterType::list:
    return list != nullptr;
  case ParameterType::map:
    return value.as<Value::Map>() != nullptr;
  default:
    return measure(value, type).has_value();
  }
}

[[nodiscard]] constexpr bool is_counted(ParameterType type) noexcept {
  return type == ParameterType::text || type == ParameterType::texts || type == ParameterType::list;
}

[[nodiscard]] inline std::string bound_text(double bound, ParameterType type) {
  switch (type) {
  case ParameterType::duration:
  case ParameterType::seconds:
    return print_duration(std::chrono::duration<double>(bound));
  case ParameterType::share:
    return fmt::format("{:.10g}%", bound * 100);
  case ParameterType::text:
    return fmt::format("{} characters long", bound);
  case ParameterType::texts:
  case ParameterType::list:
    return fmt::format("{} items long", bound);
  default:
    return fmt::format("{}", bound);
  }
}

inline void check_bounds(const Value& value, const ParameterSpec& spec, Diagnostics& diagnostics) {
  const auto measured = is_counted(spec.type) ? count(value) : measure(value, spec.type);
  const bool too_little = measured && spec.minimum && *measured < *spec.minimum;
  const bool too_much = measured && spec.maximum && *measured > *spec.maximum;
  if (!too_little && !too_much) {
    return;
  }
  if (is_counted(spec.type) && *measured == 0) {
    diagnostics.error(value.position(), fmt::format("{} must not be empty", spec.key));
    return;
  }
  diagnostics.error(
      value.position(),
      fmt::format("{} must be {}{}{}", spec.key,
                  spec.minimum ? "at least " + bound_text(*spec.minimum, spec.type) : "",
                  spec.minimum && spec.maximum ? " and " : "",
                  spec.maximum ? "at most " + bound_text(*spec.maximum, spec.type) : ""));
}

inline void check_choice(const Value& value, const ParameterSpec& spec, Diagnostics& diagnostics) {
  if (const auto* list = value.as<Value::List>()) {
    for (const Value& item : *list) {
      check_choice(item, spec, diagnostics);
    }
  }
  const auto* text = value.as<std::string>();
  if (text != nullptr &&
      std::find(spec.choices.begin(), spec.choices.end(), *text) == spec.choices.end()) {
    diagnostics.error(value.position(),
                      fmt::format("{} must be {}{}, not {}", spec.key,
                                  spec.choices.size() > 1 ? "one of " : "",
                                  fmt::join(spec.choices, ", "), shown(value)),
                      value.unresolved().empty() ? did_you_mean(*text, spec.choices) : "");
  }
}

inline void check_value(const Value& value, const ParameterSpec& spec, Diagnostics& diagnostics) {
  if (!is_of(value, spec.type)) {
    // Of a list of text, the item that is none is to blame.
    const Value* culprit = &value;
    const auto* list = value.as<Value::List>();
    if (spec.type == ParameterType::texts && list != nullptr) {
      culprit = &*std::find_if(list->begin(), list->end(),
                               [](const Value& item) { return item.as<std::string>() == nullptr; });
    }
    diagnostics.error(culprit->position(), fmt::format("{} must be {}, not {}", spec.key,
                                                       to_string(spec.type), shown(*culprit)));
    return;
  }
  check_bounds(value, spec, diagnostics);
  if (!spec.choices.empty()) {
    check_choice(value, spec, diagnostics);
  }
}

inline void check_keys(const Value::Map& given, std::span<const ParameterSpec> specs,
                       std::string_view what, Diagnostics& diagnostics) {
  for (const Value::Member& member : given) {
    if (std::any_of(specs.begin(), specs.end(),
                    [&](const ParameterSpec& spec) { return spec.key == member.key; })) {
      continue;
    }
    std::vector<std::string_view> known;
    for (const ParameterSpec& spec : specs) {
      known.push_back(spec.key);
    }
    std::string hint = did_you_mean(member.key, known);
    if (hint.empty()) {
      hint = known.empty() ? "it takes no keys" : fmt::format("known: {}", fmt::join(known, ", "));
    }
    diagnostics.error(member.position,
                      fmt::format("{} has no key {}", what, shown(Value(member.key))),
                      std::move(hint));
  }
}

} // namespace detail

// Check `given` (a map or nothing) against `specs` and report every mistake: unknown keys, missing
// ones, wrong types, values out of range. `what` names the section in messages.
inline void check_parameters(const Value& given, std::span<const ParameterSpec> specs,
                             std::string_view what, Diagnostics& diagnostics) {
  const auto* map = given.as<Value::Map>();
  if (map == nullptr && !given.is_nothing()) {
    diagnostics.error(given.position(),
                      fmt::format("{} must be a map, not {}", what, shown(given)));
    return;
  }
  if (map != nullptr) {
    detail::check_keys(*map, specs, what, diagnostics);
  }
  for (const ParameterSpec& spec : specs) {
    const Value* value = given.find(spec.key);
    if (value != nullptr && !value->is_nothing()) {
      detail::check_value(*value, spec, diagnostics);
    } else if (spec.required) {
      diagnostics.error(value != nullptr ? value->position() : given.position(),
                        fmt::format("{} needs \"{}\"", what, spec.key));
    }
  }
}

// What is wrong with a table itself, which is a bug of whoever wrote it; "" if nothing is. For
// tests, and for a host that takes in a plugin.
[[nodiscard]] inline std::string find_spec_mistake(std::span<const ParameterSpec> specs) {
  for (auto spec = specs.begin(); spec != specs.end(); ++spec) {
    const auto complain = [&](std::string_view what) {
      return fmt::format("the parameter \"{}\" {}", spec->key, what);
    };
    if (spec->key.empty() || spec->help.empty()) {
      return complain("needs a key and a help text");
    }
    if (std::any_of(specs.begin(), spec,
                    [&](const auto& other) { return other.key == spec->key; })) {
      return complain("is declared twice");
    }
    if (spec->required && !spec->fallback.is_nothing()) {
      return complain("is required and has a default");
    }
    if (!spec->choices.empty() && spec->type != ParameterType::text &&
        spec->type != ParameterType::texts) {
      return complain("has choices, but is no text");
    }
    Diagnostics diagnostics;
    if (!spec->fallback.is_nothing()) {
      detail::check_value(spec->fallback, *spec, diagnostics);
    }
    if (diagnostics.has_errors()) {
      return complain("has a bad default: " + diagnostics.errors().front().message);
    }
  }
  return {};
}

} // namespace nightshift
