// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/unicode_digits.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace nightshift::data_storage_sync {

namespace {

// The zeros of Unicode 14's decimal digits; each is followed by its one to nine. From the Unicode
// Character Database, DerivedGeneralCategory-14.0.0.txt.
constexpr auto k_zeros = std::to_array<std::uint32_t>(
    {0x0660,  0x06F0,  0x07C0,  0x0966,  0x09E6,  0x0A66,  0x0AE6,  0x0B66,  0x0BE6,  0x0C66,
     0x0CE6,  0x0D66,  0x0DE6,  0x0E50,  0x0ED0,  0x0F20,  0x1040,  0x1090,  0x17E0,  0x1810,
     0x1946,  0x19D0,  0x1A80,  0x1A90,  0x1B50,  0x1BB0,  0x1C40,  0x1C50,  0xA620,  0xA8D0,
     0xA900,  0xA9D0,  0xA9F0,  0xAA50,  0xABF0,  0xFF10,  0x104A0, 0x10D30, 0x11066, 0x110F0,
     0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x11730, 0x118E0, 0x11950,
     0x11C50, 0x11D50, 0x11DA0, 0x16A60, 0x16AC0, 0x16B50, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC,
     0x1D7F6, 0x1E140, 0x1E2F0, 0x1E950, 0x1FBF0});

// The code point of a valid sequence of more than one byte.
std::uint32_t decode(std::string_view sequence) noexcept {
  std::uint32_t code_point = static_cast<unsigned char>(sequence[0]) & (0x7FU >> sequence.size());
  for (const char c : sequence.substr(1)) {
    code_point = code_point << 6U | (static_cast<unsigned char>(c) & 0x3FU);
  }
  return code_point;
}

} // namespace

bool is_foreign_digit(std::string_view sequence) noexcept {
  if (sequence.size() < 2) {
    return false;
  }
  const std::uint32_t code_point = decode(sequence);
  const auto* const after = std::upper_bound(k_zeros.begin(), k_zeros.end(), code_point);
  return after != k_zeros.begin() && code_point - *(after - 1) < 10;
}

} // namespace nightshift::data_storage_sync
