// SPDX-License-Identifier: Apache-2.0
//
// The names that Antenna hands to a lenient date parser. Ours is a fixed grammar for stems
// that are wholly a date and a time:
//
//   stem  = date [gap] time [zone]
//   date  = YYYY-MM-DD | YYYYMMDD
//   gap   = "T" | " " | "-"                  only YYYYMMDD and HHMM may stand without one
//   time  = HHMM | HHMMSS[.digits] | HH:MM[:SS[.digits]]
//   zone  = "Z" | (+|-)HH[[:]MM]             read and dropped: what is stored is the wall clock
//
// T and Z in either case. Fractions are dropped, as the four patterns do.

#pragma once

#include <nightshift/capture.hpp>

#include <string_view>

namespace nightshift::data_storage_sync {

// The time, or why there is none.
[[nodiscard]] CaptureTime parse_whole_stem(std::string_view stem) noexcept;

} // namespace nightshift::data_storage_sync
