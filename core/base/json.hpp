// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nlohmann/json.hpp>

#include <string>

namespace nightshift {

// Keeps the order in which keys were put in.
using Json = nlohmann::ordered_json;

// On one line. Never throws for what is in it: bytes that are no valid UTF-8 become U+FFFD (keys
// should be made printable before).
[[nodiscard]] std::string to_line(const Json& json);

// Indented by two, with a newline at the end.
[[nodiscard]] std::string to_page(const Json& json);

// The member of that name; null if there is none or this is no object.
[[nodiscard]] const Json& member(const Json& json, const char* key);

// Null for "".
[[nodiscard]] Json text_or_null(const std::string& text);

} // namespace nightshift
