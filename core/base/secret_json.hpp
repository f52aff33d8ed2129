// SPDX-License-Identifier: Apache-2.0
//
// JSON with secrets in it. The parser that all other JSON goes through keeps copies of what it has
// read, here and there; this one makes none.

#pragma once

#include "core/base/secret.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

// The members of an object (RFC 8259): a string's text, a number or a word as it is written;
// nothing else of what is nested. Of a name that stands twice the last one counts. Nothing if
// `text` is no object, or is nested more than 64 levels deep.
[[nodiscard]] std::optional<std::map<std::string, Secret>>
read_secret_object(std::string_view text);

} // namespace nightshift
