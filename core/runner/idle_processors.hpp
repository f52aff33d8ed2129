// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/runner/processor_time.hpp"

namespace nightshift {

// Whether this process leaves processors of its budget idle, so that more threads might make it
// faster. Where other processes take the processors from it, they seem idle. One thread.
class IdleProcessors {
 public:
  using Read = ProcessorTime (*)() noexcept;

  [[nodiscard]] static ProcessorTime of_this_process() noexcept;

  explicit IdleProcessors(int budget, Read read = of_this_process) noexcept;

  // Half of one or more, since it was last asked or made.
  [[nodiscard]] bool are_there() noexcept;

 private:
  int budget_;
  Read read_;
  ProcessorTime last_;
};

} // namespace nightshift
