// SPDX-License-Identifier: Apache-2.0
//
// What is known of jobs, for people and programs. Only reads.

#pragma once

#include "core/base/json.hpp"
#include "core/record/job_record.hpp"
#include "core/record/state_dir.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace nightshift {

// All jobs, newest first. One whose journal cannot be read is left out, and named to `unreadable`.
[[nodiscard]] std::vector<JobRecord>
list_jobs(const StateDir& state_dir, const std::function<void(std::int64_t id)>& unreadable);

// A line a job under a line of headings.
[[nodiscard]] std::string jobs_text(const std::vector<JobRecord>& jobs);

// The list as the reference's API has it: the documents without their logs.
[[nodiscard]] Json jobs_document(const std::vector<JobRecord>& jobs);

// One job as a person wants to see it.
[[nodiscard]] std::string job_text(const JobRecord& job);

// "2025-01-14 21:48:26 INFO  message"
[[nodiscard]] std::string log_line_text(const Event& event);

} // namespace nightshift
