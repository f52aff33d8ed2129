// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>

#include <string_view>

namespace nightshift {

// `text` without its UTF-8 byte order mark, if it has one.
[[nodiscard]] std::string_view without_byte_order_mark(std::string_view text);

// Whether `text` may be handed to a parser: UTF-8 and no control characters but tabs and the ends
// of lines, LF or CRLF. If not, the first offender is reported.
[[nodiscard]] bool check_text(std::string_view text, int file, Diagnostics& diagnostics);

} // namespace nightshift
