// SPDX-License-Identifier: Apache-2.0
//
// What a job's time is measured against: its timeout, that of the stage under way, and how long ago
// something last moved. A job that is alive may still stand still; only a counter that moves shows
// that it gets on.

#pragma once

#include "core/config/job_file.hpp"

#include <chrono>
#include <cstdint>
#include <optional>

namespace nightshift {

enum class Alarm : std::uint8_t { none, timeout, stage_timeout, stalled };

// One thread at a time.
class JobClocks {
 public:
  using Time = std::chrono::steady_clock::time_point;

  explicit JobClocks(const RunLimits& limits) : limits_(limits) {}

  void begin_attempt(Time now);

  // Between attempts nothing is measured.
  void end_attempt();

  void begin_stage(Time now);
  void end_stage();

  // What to do at `now`, when the stage under way shows `state`, a number that changes whenever one
  // of its counters does. A stall is told once, until something moves again.
  [[nodiscard]] Alarm look(Time now, std::uint64_t state);

 private:
  const RunLimits limits_;
  std::optional<Time> attempt_began_;
  std::optional<Time> stage_began_;
  Time moved_;
  std::optional<std::uint64_t> state_;
  bool stall_told_ = false;
};

} // namespace nightshift
