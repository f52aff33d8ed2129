// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/config/job_file.hpp"
#include "core/record/job_record.hpp"

#include <nightshift/error.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace nightshift {

// Why a job is stopped from outside.
enum class StopReason : std::uint8_t {
  none,
  interrupted, // INT or TERM
  checkpoint,  // USR1
  timeout,     // its own
  stage_timeout,
  stalled,    // nothing moved
  unrecorded, // its events cannot be written
  cancelled,  // by a request
};

// How an attempt ended.
struct JobOutcome {
  JobStatus status = JobStatus::success;
  std::string reason = {};
  std::optional<ErrorRecord> error = {};
  std::optional<std::chrono::milliseconds> retry_after = {};
  bool transient = false; // another attempt may succeed
  bool cancelled = false; // it ended because it was asked to
};

// What the exception under way comes to; call it in a handler.
[[nodiscard]] JobOutcome outcome_of_current_exception();

// What a stop for that reason comes to. `failure` is why events cannot be written, if so.
[[nodiscard]] JobOutcome outcome_of_stop(StopReason reason, const RunLimits& limits,
                                         const std::optional<JobError>& failure);

// What it comes to that a job asked to stop for that reason went on; `stage` is the key of the one
// under way, "" for none, and `grace` what it had to end.
[[nodiscard]] JobOutcome outcome_of_abandonment(StopReason reason, const std::string& stage,
                                                std::chrono::milliseconds grace);

// `why` says who asked for it, and what for.
[[nodiscard]] JobOutcome cancelled_outcome(const std::string& why);

} // namespace nightshift
