// SPDX-License-Identifier: Apache-2.0
//
// What a list of jobs shows of each. Read from job.json, of which only the needed keys are looked
// at: a list may have ten thousand jobs, and records hold whole logs.

#pragma once

#include "core/record/job_record.hpp"
#include "core/record/state_dir.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

struct JobSummary {
  std::int64_t id = 0;
  std::string name;
  std::string type; // key
  std::string run;  // of the last attempt; "" before the first
  JobStatus status = JobStatus::unknown;
  std::string reason;
  std::optional<std::int64_t> deployment;
  std::optional<std::int64_t> project;
  TimePoint created;
  TimePoint updated;
  std::optional<TimePoint> started;
  std::optional<TimePoint> finished;

  // From start to end, or to the last sign of life.
  [[nodiscard]] std::optional<double> seconds() const noexcept;
};

[[nodiscard]] JobSummary summary_of(const JobRecord& record);

// Of the text of a job.json as this program writes it; nothing for any other.
[[nodiscard]] std::optional<JobSummary> parse_job_summary(std::string_view document);

// From the record or, where that is missing or damaged, from the journal. Throws `JobError` if
// neither can be read, as it is with a job that is just being made.
[[nodiscard]] JobSummary read_job_summary(const JobFolder& folder);

} // namespace nightshift
