// SPDX-License-Identifier: Apache-2.0
//
// What tells without reading a folder that no entry of it has come, gone or been renamed. A file
// system notes the time of that in the folder; but the clock it does so by ticks every few
// milliseconds only, so that folders made together share a time, and may change places when those
// above them are renamed. So the folder's own number counts as well.

#pragma once

#include "core/base/file.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>

namespace nightshift {

// Nanoseconds since 1970-01-01T00:00:00Z; at most the years 1677 to 2262.
[[nodiscard]] std::int64_t nanoseconds(const statx_timestamp& time) noexcept;

// When a file was last written to, or an entry of a folder came, went or was renamed, in
// nanoseconds since 1970-01-01T00:00:00Z. Nobody can set it, nor does a camera whose clock is
// ahead.
[[nodiscard]] std::int64_t last_change(const struct statx& found) noexcept;

// A hash of the folder's number and times.
[[nodiscard]] std::int64_t version_of(const struct statx& folder);

// Whether a file system (statfs(2), f_type) notes in a folder that entries came or went, whoever
// wrote there. Not on memory cards (FAT, exFAT), where cameras and other systems leave that time as
// it is, nor where a program shows something else as files (FUSE): an object store has no folders.
[[nodiscard]] bool keeps_folder_times(std::uint64_t file_system_type) noexcept;

struct FolderVersion {
  std::int64_t version = 0;     // see `FolderPart`
  std::int64_t last_change = 0; // as above
};

// Looks at the folders of one walk. Any thread.
class FolderVersions {
 public:
  // Of an open folder, as its server has it. Nothing where that proves nothing.
  [[nodiscard]] std::optional<FolderVersion> of(const Fd& folder);

 private:
  [[nodiscard]] bool are_kept(std::uint64_t device, const Fd& folder);

  std::mutex mutex_;
  std::map<std::uint64_t, bool> kept_; // by device: to ask is a question to the server each time
};

} // namespace nightshift
