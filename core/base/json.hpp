// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/function_ref.hpp>

#include <nlohmann/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

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

// As `to_page(object)` with a list of so many items for its member `key`, each made by `item`, in
// order, and forgotten once it is written: the whole may be more than fits into memory. `out` gets
// the text piece by piece.
struct ListOfPage {
  std::string_view key;
  std::size_t size = 0;
  FunctionRef<Json(std::size_t)> item;
};

void write_page(const Json& object, const ListOfPage& list,
                FunctionRef<void(std::string_view)> out);

// Null for "".
[[nodiscard]] Json text_or_null(const std::string& text);

} // namespace nightshift
