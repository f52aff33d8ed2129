// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/capture.hpp>

#include <string_view>

namespace nightshift::data_storage_sync {

// Why `stem`, in which neither the patterns nor the grammar found a date and a time, is not read
// more leniently: what would have to be guessed. For people who wonder about their undated
// captures; nothing else depends on it.
[[nodiscard]] TimeSource undated_reason(std::string_view stem) noexcept;

} // namespace nightshift::data_storage_sync
