// SPDX-License-Identifier: Apache-2.0
//
// When a capture was taken, as its name says: a pure function of the name, never of today's date.
//
// First Antenna's four patterns, in one leftmost search over the stem; at each place they are
// tried in this order, and only the first match counts, even if it is no valid date:
//
//   digits_14     14 digits, also the first 14 of more
//   digits_8_6    8 digits, one or more others, 6 digits
//   separated     dddd?dd?dd, one or more others, dd?dd?dd; each ? is exactly one other
//   digits_12_yy  exactly 12 digits: two-digit year
//
// then stems that are wholly a date and a time (whole_stem.hpp). "Digit" and "other" go by code
// points; a byte that is no valid UTF-8 counts as one other. Digits of other scripts take part in
// the search, as in Antenna, and what holds one is no date.

#pragma once

#include <nightshift/capture.hpp>

#include <cstdint>
#include <string_view>

namespace nightshift::data_storage_sync {

// To be raised whenever any name is read differently, or others are captures (capture_filter.hpp):
// the next sync then looks at all of them again.
inline constexpr std::uint32_t k_capture_name_version = 1;

// `name` is a key's last component, with its suffix.
[[nodiscard]] CaptureTime parse_capture_name(std::string_view name) noexcept;

} // namespace nightshift::data_storage_sync
