// SPDX-License-Identifier: Apache-2.0
//
// Characters of ASCII alone, whatever the locale.

#pragma once

namespace nightshift::data_storage_sync {

[[nodiscard]] constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

[[nodiscard]] constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace nightshift::data_storage_sync
