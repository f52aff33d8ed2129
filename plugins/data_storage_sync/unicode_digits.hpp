// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string_view>

namespace nightshift::data_storage_sync {

// Whether the UTF-8 sequence that is all of `sequence` is a decimal digit other than 0 to 9:
// general category Nd of Unicode 14, which is what `\d` means in Antenna (Python 3.11).
[[nodiscard]] bool is_foreign_digit(std::string_view sequence) noexcept;

} // namespace nightshift::data_storage_sync
