// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace nightshift {

struct ChildLimits {
  std::chrono::milliseconds time{60'000};
  std::size_t bytes = 65536; // of its output
};

struct ChildOutput {
  enum class End : std::uint8_t {
    exited,      // `number` is its exit code
    signalled,   // of the signal `number`
    not_started, // for the system's reason `number`, an errno
    too_slow,    // killed, as it took longer than the limit
    too_much,    // killed, as it wrote more than the limit
  };

  End end = End::exited;
  int number = 0;
  Secret out; // all of what it wrote to stdout; only if it exited
};

// Run a program, found in PATH unless its name has a slash, with the environment of this process,
// nothing to read and its stderr thrown away, and wait for its end. What it wrote is all there when
// it has ended, even if something it started holds its stdout open. A killed one is killed with its
// process group. Throws `JobError`: cancelled on `stop`, `io` if there are no descriptors left.
[[nodiscard]] ChildOutput output_of(std::vector<std::string> command, const ChildLimits& limits,
                                    const std::stop_token& stop);

} // namespace nightshift
