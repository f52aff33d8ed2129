// SPDX-License-Identifier: Apache-2.0
//
// Where the time of a run went (`run --profile`): what the event that tells a stage's end says of
// it, and after that the run's report. configs/README.md has the meaning of each figure.

#pragma once

#include "core/base/json.hpp"
#include "core/base/process_use.hpp"
#include "core/base/work_meter.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// A bounded queue between the threads of a stage.
struct QueueProfile {
  std::string name;
  std::int64_t items = 0;
  std::int64_t bytes = 0;
  double mean_waiting = 0; // items, each time one had come, itself too
  std::int64_t most_waiting = 0;
  std::int64_t most_bytes = 0;
  std::int64_t held_back = 0;   // items that had to wait for room
  double held_back_seconds = 0; // their producers' time, summed
  double consume_seconds = 0;   // that somebody was consuming
  double consume_cpu_seconds = 0;
  double idle_seconds = 0; // that nobody was, for want of items
};

struct StageProfile {
  std::int64_t threads = 0;      // most at work at once
  double thread_seconds = 0;     // at work, summed over the threads
  double cpu_user_seconds = 0;   // of these
  double cpu_system_seconds = 0; // the same
  double ready_seconds = 0;      // of the time at work, ready without having a processor
  std::int64_t minor_faults = 0;
  std::int64_t major_faults = 0;
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
  std::int64_t peak_memory = 0; // bytes, of the process until the stage's end
  std::array<std::int64_t, k_tally_names.size()> tallies{};
  std::array<double, k_wait_names.size()> waits{}; // seconds
  std::optional<ProcessIo> io; // of the process, where the stage was alone in it
  std::vector<QueueProfile> queues;

  // Of the time at work, what was neither CPU time nor waiting for it.
  [[nodiscard]] double blocked_seconds() const noexcept;

  [[nodiscard]] std::int64_t tally(Tally what) const noexcept {
    return tallies[static_cast<std::size_t>(what)];
  }

  [[nodiscard]] double wait(Wait what) const noexcept {
    return waits[static_cast<std::size_t>(what)];
  }

  void add(const StageProfile& other);
};

// How the time of a job fell to its stages, of its last attempt.
struct JobProfile {
  double waited_to_start_seconds = 0; // for other jobs, or for its deployment
  double in_stages_seconds = 0;       // of wall time
  double cpu_user_seconds = 0;        // of the stages
  double cpu_system_seconds = 0;
};

// What the processes of a run used, in and between its stages.
struct RunProfile {
  ProcessUse own;
  ProcessUse children; // with --isolate the jobs'
  std::optional<ProcessIo> io;
  std::int64_t peak_memory = 0; // bytes
};

[[nodiscard]] RunProfile own_profile();

[[nodiscard]] Json to_document(const StageProfile& profile);
[[nodiscard]] Json to_document(const JobProfile& profile);
[[nodiscard]] Json to_document(const RunProfile& profile);

// What `to_document` made; nothing of anything else.
[[nodiscard]] std::optional<StageProfile> stage_profile_from(const Json& json);

} // namespace nightshift
