// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nightshift {

// The key of a stage or of one of its values, made from its name: "Total files" -> "total_files".
// NFKD, without what is not ASCII, lower case, word characters only, blanks and hyphens as one '_'.
// Source: Antenna's slug rule; golden data: tests/data/oracle/stage_keys.
[[nodiscard]] std::string key_from_name(std::string_view name);

// "1.5 GB": binary units, one decimal, a no-break space, as Antenna shows sizes (golden data:
// tests/data/oracle/filesize_labels).
[[nodiscard]] std::string size_label(std::int64_t bytes);

// "2 hours 5 min", and "" for no time at all, as Antenna shows durations (golden data:
// tests/data/oracle/duration_labels).
[[nodiscard]] std::string duration_label(std::chrono::seconds duration);

// "1,234,567"
[[nodiscard]] std::string grouped(std::int64_t number);

// `text` for a terminal or a log line: control characters, which could forge lines or colours, as
// \n, \t, \x1B and so on; the rest as it is.
[[nodiscard]] std::string one_line(std::string_view text);

// How many columns of a terminal `text`, which is one line, takes: wide characters take two,
// accents that stand on the one before none.
[[nodiscard]] std::size_t display_width(std::string_view text);

} // namespace nightshift
