// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"

namespace nightshift {

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_page(const Json& json) {
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

const Json& member(const Json& json, const char* key) {
  static const Json k_none;
  const auto found = json.find(key);
  return found != json.end() ? *found : k_none;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

} // namespace nightshift
