// SPDX-License-Identifier: Apache-2.0

#include "core/runner/idle_processors.hpp"

#include <ctime>
#include <utility>

namespace nightshift {

IdleProcessors::IdleProcessors(int budget, Read read) noexcept
    : budget_(budget),
      read_(read),
      last_(read()) {}

IdleProcessors::Reading IdleProcessors::of_this_process() noexcept {
  std::timespec cpu{};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
  return {std::chrono::seconds(cpu.tv_sec) + Duration(cpu.tv_nsec),
          std::chrono::steady_clock::now().time_since_epoch()};
}

bool IdleProcessors::are_there() noexcept {
  const Reading now = read_();
  const Reading last = std::exchange(last_, now);
  const Duration wall = now.wall - last.wall;
  return now.cpu - last.cpu < budget_ * wall - wall / 2;
}

} // namespace nightshift
