// SPDX-License-Identifier: Apache-2.0
//
// What a job tells of itself, in Antenna's words and their order.

#pragma once

#include "core/record/job_recorder.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/plan.hpp"
#include "core/runner/run_services.hpp"
#include "core/runner/thread_places.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace nightshift {

inline constexpr const char* k_delay_key = "delay"; // of the stage

class JobTeller {
 public:
  // All arguments are borrowed.
  JobTeller(const PlannedJob& job, JobRecorder& recorder, const RunServices& services);

  // An attempt begins: who makes it, and with what.
  void attempt(int number) const;

  void stages() const;

  // The line before the first stage and the one after the last, if the job type has them.
  void opening() const;
  void closing() const;

  // The job is asked to stop; said where a person may be waiting for it.
  void stopping(StopReason reason) const;

  // Nothing has moved in a stage for its stall_timeout.
  void stalled(const std::string& stage, const std::vector<ThreadPlace>& places) const;

  // `outcome` is what led to it; null for none.
  void status(JobStatus status, const JobOutcome* outcome) const;

  // Attempt `next` will begin after `delay`.
  void retry(const JobOutcome& outcome, int next, std::chrono::milliseconds delay) const;

  void end(const JobOutcome& outcome) const;

 private:
  [[nodiscard]] std::string expand(const std::string& text) const;
  [[nodiscard]] std::string job_text() const;

  const PlannedJob& job_;
  JobRecorder& recorder_;
  const RunServices& services_;
};

} // namespace nightshift
