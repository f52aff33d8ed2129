// SPDX-License-Identifier: Apache-2.0
//
// Which process this is, so that it can be told from every other one that ever had its number.

#pragma once

#include <cstdint>
#include <string>

namespace nightshift {

struct ProcessIdentity {
  std::int64_t pid = 0;
  std::string host;
  std::string boot_id;     // of the machine's start; "" where the kernel does not tell
  std::uint64_t start = 0; // clock ticks after the machine's start

  friend bool operator==(const ProcessIdentity&, const ProcessIdentity&) = default;
};

[[nodiscard]] ProcessIdentity own_process();

} // namespace nightshift
