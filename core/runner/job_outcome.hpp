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
  unrecorded,  // its events cannot be written
  cancelled,   // by a request
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

[[nodiscard]] JobOutcome interrupted_outcome();

// `why` says who asked for it, and what for.
[[nodiscard]] JobOutcome cancelled_outcome(const std::string& why);

} // namespace nightshift
