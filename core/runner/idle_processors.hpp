// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>

namespace nightshift {

// Whether this process leaves processors of its budget idle, so that more threads might make it
// faster. Where other processes take the processors from it, they seem idle. One thread.
class IdleProcessors {
 public:
  using Duration = std::chrono::nanoseconds;

  // What the process has had of processors so far, and the time.
  struct Reading {
    Duration cpu;
    Duration wall;
  };

  using Read = Reading (*)() noexcept;

  [[nodiscard]] static Reading of_this_process() noexcept;

  explicit IdleProcessors(int budget, Read read = of_this_process) noexcept;

  // Half of one or more, since it was last asked or made.
  [[nodiscard]] bool are_there() noexcept;

 private:
  int budget_;
  Read read_;
  Reading last_;
};

} // namespace nightshift
