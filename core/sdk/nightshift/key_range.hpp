// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/key.hpp>

#include <string>
#include <string_view>

namespace nightshift {

// The keys k with `after` < k <= `until`, byte by byte; `until` "" is the end of all keys.
struct KeyRange {
  std::string after;
  std::string until;

  friend bool operator==(const KeyRange&, const KeyRange&) = default;

  [[nodiscard]] bool contains(std::string_view key) const noexcept {
    return after < key && (until.empty() || key <= until);
  }
};

// Whether `folder` is the root or one of the folders that `key` lies in.
[[nodiscard]] constexpr bool is_above(std::string_view folder, std::string_view key) noexcept {
  return key.starts_with(folder);
}

} // namespace nightshift
