// SPDX-License-Identifier: Apache-2.0
//
// Moments as other programs write them, in nanoseconds since 1970-01-01T00:00:00Z. What lies before
// the year 1678 or after 2261 becomes the nearest that can be told.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift {

// "2023-08-01T02:30:01.25+02:00": date, time, offset from UTC or Z. A blank may part date and time,
// an offset may lack its colon, digits beyond the ninth of a fraction are left out. Nothing if
// `text` has another form, or names no offset and so no moment. Source: RFC 3339, section 5.6.
[[nodiscard]] std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept;

// "1690857001.25": seconds since 1970, to the nanosecond. Nothing if `text` is no decimal number,
// or one too large for seconds of these centuries, such as one of milliseconds.
[[nodiscard]] std::optional<std::int64_t> parse_epoch_seconds(std::string_view text) noexcept;

} // namespace nightshift
