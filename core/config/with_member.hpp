// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/value.hpp>

#include <string_view>
#include <utility>

namespace nightshift {

// `map` with another value for a key that it has.
[[nodiscard]] inline Value with_member(const Value& map, std::string_view key, Value value) {
  Value::Map members = *map.as<Value::Map>();
  for (Value::Member& member : members) {
    if (member.key == key) {
      member.value = std::move(value);
      break;
    }
  }
  return {std::move(members), map.position()};
}

// `map` without a key, which it need not have.
[[nodiscard]] inline Value without_member(const Value& map, std::string_view key) {
  Value::Map members = *map.as<Value::Map>();
  std::erase_if(members, [key](const Value::Member& member) { return member.key == key; });
  return {std::move(members), map.position()};
}

} // namespace nightshift
