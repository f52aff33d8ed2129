// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/file.hpp"

#include <nightshift/function_ref.hpp>

#include <stop_token>

namespace nightshift {

// An entry as the folder itself tells it, unexamined. `name` is valid during the call.
struct FolderEntry {
  const char* name;
  unsigned char type; // DT_REG, DT_DIR …; DT_UNKNOWN on file systems that keep no types
};

// Call `take` with each entry of the open folder but "." and "..", in the folder's own order, and
// return 0, or the error number that ended it before its time. Throws cancelled on `stop`.
[[nodiscard]] int read_entries(const Fd& folder, const std::stop_token& stop,
                               FunctionRef<void(const FolderEntry& entry)> take);

} // namespace nightshift
