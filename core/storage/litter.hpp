// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <string_view>

namespace nightshift {

// To be raised whenever a name becomes litter or ceases to be: what was passed over by its folder's
// version (`KnownFolders`) is then read again.
inline constexpr std::uint32_t k_litter_version = 1;

enum class EntryKind : std::uint8_t { object, folder };

// Whether an entry of that name was left behind by an operating system, a disk check or a sync tool
// and so is no capture, nor holds any: "._a.jpg", "Thumbs.db", "$RECYCLE.BIN". Names of halves of
// transfers ("a.jpg.part") are litter only as objects: a folder "site 3.part" is somebody's own.
[[nodiscard]] bool is_litter(std::string_view name, EntryKind kind) noexcept;

} // namespace nightshift
