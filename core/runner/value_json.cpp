// SPDX-License-Identifier: Apache-2.0

#include "core/runner/value_json.hpp"

#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_unresolved = "$";

Json plain_json(const Value& value) {
  if (const auto* truth = value.as<bool>()) {
    return *truth;
  }
  if (const auto* whole = value.as<std::int64_t>()) {
    return *whole;
  }
  if (const auto* real = value.as<double>()) {
    return *real;
  }
  if (const auto* text = value.as<std::string>()) {
    return *text;
  }
  return {};
}

} // namespace

Json to_json(const Value& value) {
  if (!value.unresolved().empty()) {
    return {{k_unresolved, value.unresolved()}};
  }
  if (const auto* list = value.as<Value::List>()) {
    Json json = Json::array();
    for (const Value& item : *list) {
      json.push_back(to_json(item));
    }
    return json;
  }
  if (const auto* map = value.as<Value::Map>()) {
    Json json = Json::object();
    for (const Value::Member& member : *map) {
      json[member.key] = to_json(member.value);
    }
    return json;
  }
  return plain_json(value);
}

Value value_from_json(const Json& json, const std::function<Value(const std::string&)>& resolve) {
  if (json.is_object() && json.size() == 1 && json.contains(k_unresolved)) {
    return resolve(json[k_unresolved].get<std::string>());
  }
  if (json.is_object()) {
    Value::Map map;
    for (const auto& [key, member] : json.items()) {
      map.push_back({key, {}, value_from_json(member, resolve)});
    }
    return map;
  }
  if (json.is_array()) {
    Value::List list;
    for (const Json& item : json) {
      list.push_back(value_from_json(item, resolve));
    }
    return list;
  }
  if (json.is_boolean()) {
    return json.get<bool>();
  }
  if (json.is_number_integer()) {
    return json.get<std::int64_t>();
  }
  if (json.is_number()) {
    return json.get<double>();
  }
  return json.is_string() ? Value(json.get<std::string>()) : Value();
}

} // namespace nightshift
