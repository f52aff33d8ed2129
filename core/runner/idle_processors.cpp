// SPDX-License-Identifier: Apache-2.0

#include "core/runner/idle_processors.hpp"

#include <utility>

namespace nightshift {

IdleProcessors::IdleProcessors(int budget, Read read) noexcept
    : budget_(budget),
      read_(read),
      last_(read()) {}

ProcessorTime IdleProcessors::of_this_process() noexcept {
  return read_processor_time(CLOCK_PROCESS_CPUTIME_ID);
}

bool IdleProcessors::are_there() noexcept {
  const ProcessorTime now = read_();
  const ProcessorTime passed = now - std::exchange(last_, now);
  return passed.cpu < budget_ * passed.wall - passed.wall / 2;
}

} // namespace nightshift
