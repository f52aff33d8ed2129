// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/bytes.hpp"

#include <nightshift/key.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::sqlite {

// Whether a key's bytes are their own printable form, as nearly all are.
[[nodiscard]] inline bool is_plain_text(std::string_view key) {
  return (is_ascii(key) && !has_any_of<'\\'>(key)) || printable_key(key) == key;
}

// The printable form, if it is another than the bytes.
[[nodiscard]] inline std::optional<std::string> text_if_not_plain(std::string_view key) {
  return is_plain_text(key) ? std::nullopt : std::optional(printable_key(key));
}

} // namespace nightshift::sqlite
