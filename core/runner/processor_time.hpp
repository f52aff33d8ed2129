// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <ctime>

namespace nightshift {

// What threads have had of processors, and the time in which they had it.
struct ProcessorTime {
  std::chrono::nanoseconds cpu{};
  std::chrono::nanoseconds wall{};

  ProcessorTime& operator+=(const ProcessorTime& other) noexcept {
    cpu += other.cpu;
    wall += other.wall;
    return *this;
  }

  friend ProcessorTime operator-(const ProcessorTime& to, const ProcessorTime& from) noexcept {
    return {to.cpu - from.cpu, to.wall - from.wall};
  }
};

// Of the thread or the process whose CPU clock that is, since some time in the past.
[[nodiscard]] inline ProcessorTime read_processor_time(clockid_t cpu_clock) noexcept {
  std::timespec cpu{};
  (void)clock_gettime(cpu_clock, &cpu);
  return {std::chrono::seconds(cpu.tv_sec) + std::chrono::nanoseconds(cpu.tv_nsec),
          std::chrono::steady_clock::now().time_since_epoch()};
}

} // namespace nightshift
