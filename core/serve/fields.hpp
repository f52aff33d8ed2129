// SPDX-License-Identifier: Apache-2.0
//
// What a query or a body may hold. One description checks it and documents it.

#pragma once

#include "core/base/json.hpp"
#include "core/serve/message.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::serve {

enum class FieldKind : std::uint8_t {
  integer,
  flag,
  text,
  words, // several of `choices`, with commas between; in a query only
};

struct Field {
  std::string_view name;
  FieldKind kind = FieldKind::text;
  std::string_view help;
  std::int64_t least = 0;                     // of an integer; of a text's length in bytes
  std::int64_t most = 0;                      // the same
  std::vector<std::string_view> choices = {}; // of a text or of words; empty: any
  bool nullable = false;                      // in a body only
};

// The fields by name, each of its kind (words: an array), without those that were not given. A
// choice is given in any case and comes in the one of `choices`. Throws `ApiError` with all that is
// wrong.
[[nodiscard]] Json check_query(const std::vector<Field>& fields, const Query& query);

// The same for a body, which must be an object.
[[nodiscard]] Json check_body(const std::vector<Field>& fields, const Json& body);

// As JSON Schema.
[[nodiscard]] Json schema_of(const Field& field);

} // namespace nightshift::serve
