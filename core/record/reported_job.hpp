// SPDX-License-Identifier: Apache-2.0
//
// What a run's report tells of one of its jobs: of the job's record that and no more, since a run
// keeps it of each, to its end, and may have ten thousand.

#pragma once

#include "core/base/time.hpp"
#include "core/record/job_record.hpp"
#include "core/record/profile.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct ReportedStage {
  std::string key;
  JobStatus status = JobStatus::created;
  std::array<std::int64_t, k_counter_names.size()> counters{};
  std::optional<double> wall_seconds;
  std::optional<double> cpu_seconds;
  std::shared_ptr<const StageProfile> profile; // null, unless the run was asked for it

  [[nodiscard]] std::int64_t counter(Counter counter) const noexcept {
    return counters[static_cast<std::size_t>(counter)];
  }
};

struct ReportedAttempt {
  int number = 1;
  TimePoint started;
  std::optional<TimePoint> finished;
  JobStatus status = JobStatus::started;
  std::optional<ErrorRecord> error;
};

struct ReportedJob {
  std::int64_t id = 0;
  std::string name;
  std::string type_key;
  std::optional<std::int64_t> deployment; // its id
  JobStatus status = JobStatus::created;
  std::string reason; // as in its record
  std::optional<ErrorRecord> error;
  TimePoint created;
  std::optional<TimePoint> started;
  std::optional<TimePoint> finished;
  std::optional<double> wall_seconds; // to its end, or to the last that was heard of it
  std::vector<ReportedStage> stages;
  std::vector<ReportedAttempt> attempts;

  // A counter over all stages.
  [[nodiscard]] std::int64_t total(Counter counter) const noexcept;
};

[[nodiscard]] ReportedJob reported(const JobRecord& record);

// It was left out because another run was at the same work: neither good nor bad news.
[[nodiscard]] inline bool was_skipped(const ReportedJob& job) noexcept {
  return job.status == JobStatus::revoked && job.reason == "overlap";
}

} // namespace nightshift
