// SPDX-License-Identifier: Apache-2.0

#include "core/storage/local/folder_entries.hpp"

#include "core/base/work_meter.hpp"

#include <nightshift/error.hpp>

#include <dirent.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <string_view>

namespace nightshift {

namespace {

// About 500 entries a call: larger gains nothing, and each thread that lists has one on its stack.
constexpr std::size_t k_buffer_size = 32'768;

bool is_dots(const char* name) noexcept {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

} // namespace

int read_entries(const Fd& folder, const std::stop_token& stop,
                 FunctionRef<void(const FolderEntry& entry)> take) {
  alignas(dirent64) std::array<char, k_buffer_size> buffer; // not cleared: the kernel fills it
  for (;;) {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
    tally(Tally::getdents64);
    const ssize_t length = ::getdents64(folder.get(), buffer.data(), buffer.size());
    if (length <= 0) {
      return length == 0 ? 0 : errno;
    }
    for (ssize_t at = 0; at < length;) {
      const auto* entry =
          reinterpret_cast<const dirent64*>(buffer.data() + static_cast<std::size_t>(at));
      at += entry->d_reclen;
      if (!is_dots(entry->d_name)) {
        take({entry->d_name, entry->d_type});
      }
    }
  }
}

} // namespace nightshift
