// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

using TimePoint = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;

// Where the time comes from; tests put in their own.
using Clock = std::function<TimePoint()>;

[[nodiscard]] TimePoint system_now();

// "2025-01-14T21:48:29.104233Z"
[[nodiscard]] std::string utc_text(TimePoint time);

// The inverse of `utc_text`; nothing if `text` has another form.
[[nodiscard]] std::optional<TimePoint> parse_utc(std::string_view text);

// The moment that a person means: "2025-01-14", "2025-01-14T21:48" or "2025-01-14 21:48:29" in the
// host's zone, with a "Z" at the end in UTC, or as long before `now` as "2d" or "90min" says.
// Nothing if `text` is none of these.
[[nodiscard]] std::optional<TimePoint> parse_moment(std::string_view text, TimePoint now);

// In the host's zone, without saying so, as Antenna writes it: "2025-01-14T21:48:29.104233".
[[nodiscard]] std::string local_text(TimePoint time);

// In the host's zone to the second, as Antenna's log lines begin: "2025-01-14 21:48:29".
[[nodiscard]] std::string local_log_text(TimePoint time);

// "2021-08-01T02:30:01" of a wall clock's seconds.
[[nodiscard]] std::string wall_text(std::chrono::local_seconds time);

} // namespace nightshift
