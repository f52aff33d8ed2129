// SPDX-License-Identifier: Apache-2.0
//
// Parameters are declared once, as a table: the table checks what a person wrote, fills in the
// defaults, prints the reference page and becomes the JSON Schema. A job type declares its `params`
// this way, and the job file its own sections.

#pragma once

#include <nightshift/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

enum class ParameterType : std::uint8_t {
  text,
  integer,
  number,
  boolean,
  duration,  // "90s", "120min", "24h"
  seconds,   // a number of seconds, or a duration
  share,     // "20%"
  time_zone, // "-06:00", "Europe/Brussels"
  texts,     // a list of text
  list,      // of anything: whoever declares it checks the items
  map,       // of anything: likewise
  regex,     // a regular expression, as `Host::compile` takes it
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
  case ParameterType::seconds:
    return "a number of seconds, or a duration such as 90s or 5min";
  case ParameterType::share:
    return "a percentage, such as 20%";
  case ParameterType::time_zone:
    return "an offset from UTC, such as -06:00, or a zone's name, such as Europe/Brussels";
  case ParameterType::regex:
    return "a regular expression";
  case ParameterType::texts:
    return "a list of text";
  case ParameterType::list:
    return "a list";
  case ParameterType::map:
    return "a map";
  }
  return "text";
}

struct ParameterSpec {
  std::string key;
  ParameterType type = ParameterType::text;
  Value fallback = {};   // the default, written as in a file; nothing: none, or required
  std::string help = {}; // one sentence
  bool required = false;
  // Inclusive bounds of integers and numbers, of durations in seconds, of shares from 0 to 1, and
  // of how many items a list or characters a text has.
  std::optional<double> minimum = {};
  std::optional<double> maximum = {};
  std::vector<std::string> choices = {}; // of text, or of each in a list of text; empty: any
};

} // namespace nightshift
