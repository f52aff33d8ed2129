// SPDX-License-Identifier: Apache-2.0
//
// Parameters are declared once, as a table: the table checks what a person wrote, fills in the
// defaults, prints the reference page and becomes the JSON Schema. A job type declares its `params`
// this way, and the job file its own sections.

#pragma once

#include <nightshift/diagnostics.hpp>
#include <nightshift/units.hpp>
#include <nightshift/value.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

enum class ParameterType : std::uint8_t {
  text,
  integer,
  number,
  boolean,
  duration, // "90s", "120min", "24h"
  share,    // "20%"
  texts,    // a list of text
};

[[nodiscard]] constexpr std::string_view to_string(ParameterType type) noexcept {
  switch (type) {
  case ParameterType::text:
    return "text";
  case ParameterType::integer:
    return "a whole number";
  case ParameterType::number:
    return "a number";
  case ParameterType::boolean:
    return "true or false";
  case ParameterType::duration:
    return "a duration with its unit, such as 90s, 120min or 24h";
  case ParameterType::share:
    return "a percentage, such as 20%";
  case ParameterType::texts:
    return "a list of text";
  }
  return "text";
}

struct ParameterSpec {
  std::string key;
  ParameterType type = ParameterType::text;
  Value fallback = {};   // the default, written as in a file; nothing: none, or required
  std::string help = {}; // one sentence
  bool required = false;
  // Inclusive bounds of integers and numbers, of durations in seconds, of shares from 0 to 1.
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
  std::vector<std::string> choices = {}; // of text; empty: any
};

// How many edits (insert, remove, replace, swap neighbours) turn one word into the other.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

// "did you mean \"x\"?" for the likeliest of `known`, or "" if none is near.
template <class Words>
[[nodiscard]] std::string did_you_mean(std::string_view word, const Words& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best.empty() ? best : fmt::format("did you mean \"{}\"?", best);
}

namespace detail {

// The value as a number in the unit of a spec's bounds; nothing if it is of another type.
[[nodiscard]] inline std::optional<double> measure(const Value& value, ParameterType type) {
  const auto* text = value.as<std::string>();
  switch (type) {
  case ParameterType::integer:
    if (const auto* whole = value.as<std::int64_t>()) {
      return static_cast<double>(*whole);
    }
    return std::nullopt;
  case ParameterType::number:
    if (const auto* real = value.as<double>()) {
      return *real;
    }
    return measure(value, ParameterType::integer);
  case ParameterType::duration:
    if (const auto* whole = value.as<std::int64_t>(); whole != nullptr && *whole == 0) {
      return 0.0;
    }
    if (const auto duration = text != nullptr ? parse_duration(*text) : std::nullopt) {
      return std::chrono::duration<double>(*duration).count();
    }
    return std::nullopt;
  case ParameterType::share:
    return text != nullptr ? parse_share(*text) : std::nullopt;
  default:
    return std::nullopt;
  }
}

[[nodiscard]] inline bool is_of(const Value& value, ParameterType type) {
  switch (type) {
  case ParameterType::text:
    return value.as<std::string>() != nullptr;
  case ParameterType::boolean:
    return value.as<bool>() != nullptr;
  case ParameterType::texts: {
    const auto* list = value.as<Value::List>();
    return list != nullptr && std::all_of(list->begin(), list->end(), [](const Value& item) {
             return item.as<std::string>() != nullptr;
           });
  }
  default:
    return measure(value, type).has_value();
  }
}

[[nodiscard]] inline std::string bound_text(double bound, ParameterType type) {
  switch (type) {
  case ParameterType::duration:
    return print_duration(std::chrono::duration<double>(bound));
  case ParameterType::share:
    return fmt::format("{}%", bound * 100);
  default:
    return fmt::format("{}", bound);
  }
}

inline void check_value(const Value& value, const ParameterSpec& spec, Diagnostics& diagnostics) {
  if (!is_of(value, spec.type)) {
    const auto* text = value.as<std::string>();
    diagnostics.error(value.position(),
                      fmt::format("{} must be {}, not {}", spec.key, to_string(spec.type),
                                  text != nullptr ? fmt::format("\"{}\"", *text)
                                                  : std::string(value.type_name())));
    return;
  }
  if (const auto measured = measure(value, spec.type)) {
    if ((spec.minimum && *measured < *spec.minimum) ||
        (spec.maximum && *measured > *spec.maximum)) {
      diagnostics.error(
          value.position(),
          fmt::format("{} must be {}{}{}", spec.key,
                      spec.minimum ? "at least " + bound_text(*spec.minimum, spec.type) : "",
                      spec.minimum && spec.maximum ? " and " : "",
                      spec.maximum ? "at most " + bound_text(*spec.maximum, spec.type) : ""));
    }
  }
  if (!spec.choices.empty()) {
    const auto& text = *value.as<std::string>();
    if (std::find(spec.choices.begin(), spec.choices.end(), text) == spec.choices.end()) {
      diagnostics.error(
          value.position(),
          fmt::format("{} must be one of {}", spec.key, fmt::join(spec.choices, ", ")),
          did_you_mean(text, spec.choices));
    }
  }
}

} // namespace detail

// Values that were checked against their specs, with defaults filled in. Asking for a key that no
// spec declares, or as another type, is a bug of the caller: std::logic_error.
class Parameters {
 public:
  Parameters() = default;

  // Check `given` (a map or nothing) against `specs` and report every mistake: unknown keys,
  // missing ones, wrong types, values out of range. `what` names the section in messages. Use the
  // result only if no error was added.
  Parameters(const Value& given, std::vector<ParameterSpec> specs, std::string_view what,
             Diagnostics& diagnostics)
      : specs_(std::move(specs)) {
    if (given.as<Value::Map>() == nullptr && !given.is_nothing()) {
      diagnostics.error(given.position(),
                        fmt::format("{} must be a map, not {}", what, given.type_name()));
      return;
    }
    report_unknown(given, what, diagnostics);
    for (const ParameterSpec& spec : specs_) {
      const Value* value = given.find(spec.key);
      if (value != nullptr && !value->is_nothing()) {
        detail::check_value(*value, spec, diagnostics);
        values_.push_back(*value);
      } else {
        if (spec.required) {
          diagnostics.error(given.position(), fmt::format("{} needs \"{}\"", what, spec.key));
        }
        values_.push_back(spec.fallback);
      }
    }
  }

  // Whether there is a value, given or by default.
  [[nodiscard]] bool has(std::string_view key) const { return !at(key).is_nothing(); }

  // Whether some spec declares the key at all.
  [[nodiscard]] bool declares(std::string_view key) const noexcept {
    return std::any_of(specs_.begin(), specs_.end(), [&](const auto& s) { return s.key == key; });
  }

  [[nodiscard]] std::string text(std::string_view key) const {
    return has(key) ? as<std::string>(key) : std::string();
  }

  [[nodiscard]] std::int64_t integer(std::string_view key) const { return as<std::int64_t>(key); }

  [[nodiscard]] bool boolean(std::string_view key) const { return as<bool>(key); }

  [[nodiscard]] double number(std::string_view key) const {
    return measured(key, ParameterType::number);
  }

  [[nodiscard]] std::chrono::milliseconds duration(std::string_view key) const {
    return std::chrono::round<std::chrono::milliseconds>(
        std::chrono::duration<double>(measured(key, ParameterType::duration)));
  }

  // 20% is 0.2.
  [[nodiscard]] double share(std::string_view key) const {
    return measured(key, ParameterType::share);
  }

  [[nodiscard]] std::vector<std::string> texts(std::string_view key) const {
    std::vector<std::string> result;
    if (has(key)) {
      for (const Value& item : as<Value::List>(key)) {
        result.push_back(*item.as<std::string>());
      }
    }
    return result;
  }

  // The value as it was written, or the default.
  [[nodiscard]] const Value& at(std::string_view key) const {
    for (std::size_t i = 0; i < specs_.size() && i < values_.size(); ++i) {
      if (specs_[i].key == key) {
        return values_[i];
      }
    }
    throw std::logic_error(fmt::format("no parameter \"{}\" was declared", key));
  }

  [[nodiscard]] const std::vector<ParameterSpec>& specs() const noexcept { return specs_; }

 private:
  template <class T>
  [[nodiscard]] const T& as(std::string_view key) const {
    if (const T* value = at(key).as<T>()) {
      return *value;
    }
    throw std::logic_error(fmt::format("parameter \"{}\" is {}", key, at(key).type_name()));
  }

  [[nodiscard]] double measured(std::string_view key, ParameterType type) const {
    if (const auto value = detail::measure(at(key), type)) {
      return *value;
    }
    throw std::logic_error(fmt::format("parameter \"{}\" is {}", key, at(key).type_name()));
  }

  void report_unknown(const Value& given, std::string_view what, Diagnostics& diagnostics) const {
    const auto* map = given.as<Value::Map>();
    if (map == nullptr) {
      return;
    }
    std::vector<std::string> known;
    for (const ParameterSpec& spec : specs_) {
      known.push_back(spec.key);
    }
    for (const Value::Member& member : *map) {
      if (std::find(known.begin(), known.end(), member.key) == known.end()) {
        std::string hint = did_you_mean(member.key, known);
        if (hint.empty()) {
          hint =
              known.empty() ? "it takes no keys" : fmt::format("known: {}", fmt::join(known, ", "));
        }
        diagnostics.error(member.position, fmt::format("{} has no key \"{}\"", what, member.key),
                          std::move(hint));
      }
    }
  }

  std::vector<ParameterSpec> specs_;
  std::vector<Value> values_;
};

} // namespace nightshift
