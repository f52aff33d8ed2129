// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace nightshift::sqlite {

// A last-modified time as the capture table has it: in seconds where it is a whole number of them,
// which is half as long, else in nanoseconds. An integer between -2^33 and 2^33 is seconds; a
// number of nanoseconds that is as small, within nine seconds of 1970, is stored as a real number.
struct StoredLastModified {
  std::int64_t number = 0;
  bool real = false;

  friend bool operator==(const StoredLastModified&, const StoredLastModified&) = default;
};

[[nodiscard]] constexpr StoredLastModified stored_last_modified(std::int64_t nanoseconds) noexcept {
  constexpr std::int64_t k_second = 1'000'000'000;
  constexpr std::int64_t k_limit = std::int64_t{1} << 33U;
  const auto is_small = [](std::int64_t number) { return -k_limit < number && number < k_limit; };
  if (nanoseconds % k_second == 0 && is_small(nanoseconds / k_second)) {
    return {nanoseconds / k_second, false};
  }
  return {nanoseconds, is_small(nanoseconds)};
}

} // namespace nightshift::sqlite
