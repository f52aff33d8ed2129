// SPDX-License-Identifier: Apache-2.0
//
// What is known of jobs, for people and programs. Only reads.

#pragma once

#include "core/base/json.hpp"
#include "core/record/job_record.hpp"
#include "core/record/job_summary.hpp"
#include "core/record/state_dir.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// Which jobs to list. A filter that is empty lets all through.
struct JobQuery {
  std::vector<JobStatus> statuses = {};
  std::vector<std::int64_t> deployments = {};
  std::vector<std::string> types = {};  // keys
  std::optional<TimePoint> since = {};  // created then or later
  std::optional<std::size_t> most = {}; // the newest so many
};

// Newest first. One whose journal cannot be read is left out, and named to `unreadable`.
[[nodiscard]] std::vector<JobSummary>
list_jobs(const StateDir& state_dir, const JobQuery& query,
          const std::function<void(std::int64_t id)>& unreadable);

// A line a job under a line of headings.
[[nodiscard]] std::string jobs_text(const std::vector<JobSummary>& jobs);

// The list as Antenna's API has it: the documents without their logs.
[[nodiscard]] Json jobs_document(const StateDir& state_dir, const std::vector<JobSummary>& jobs);

// One job as a person wants to see it.
[[nodiscard]] std::string job_text(const JobRecord& job);

// "2025-01-14 21:48:26 INFO  message"
[[nodiscard]] std::string log_line_text(const Event& event);

} // namespace nightshift
