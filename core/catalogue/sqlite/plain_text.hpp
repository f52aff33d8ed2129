// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/key.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::sqlite {

// Whether a key's bytes are their own printable form, as nearly all are.
[[nodiscard]] inline bool is_plain_text(std::string_view key) {
  const bool plain_ascii = std::all_of(key.begin(), key.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && c != '\\';
  });
  return plain_ascii || printable_key(key) == key;
}

// The printable form, if it is another than the bytes.
[[nodiscard]] inline std::optional<std::string> text_if_not_plain(std::string_view key) {
  return is_plain_text(key) ? std::nullopt : std::optional(printable_key(key));
}

} // namespace nightshift::sqlite
