// SPDX-License-Identifier: Apache-2.0
//
// What one run came to: report.json, and the same for people.

#pragma once

#include "core/base/json.hpp"
#include "core/record/profile.hpp"
#include "core/record/reported_job.hpp"

#include <nightshift/function_ref.hpp>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// What the process used, from getrusage.
struct ResourceUse {
  std::int64_t max_rss_bytes = 0;
  double cpu_user_seconds = 0;
  double cpu_system_seconds = 0;
};

[[nodiscard]] ResourceUse own_resource_use();

struct RunReport {
  std::string run;
  std::string version; // of the program
  std::filesystem::path job_file;
  std::string job_file_sha256;
  TimePoint started;
  TimePoint finished;
  int exit_code = 0;
  std::string exit_name;
  std::vector<ReportedJob> jobs;
  int threads = 0;
  std::string threads_source;
  ResourceUse resources;
  std::optional<RunProfile> profile; // of a run that was asked for it
};

// As indented JSON. The jobs, which may be many, are made into text one by one, and `out` gets it
// piece by piece.
void write_report(const RunReport& report, FunctionRef<void(std::string_view)> out);

// A line a job, then what they add up to; each line ends in a newline.
[[nodiscard]] std::string to_text(const RunReport& report);

// "3,419 new, 2 changed, 5 missing": what a job did, in the words of its counters; "" if nothing
// was counted.
[[nodiscard]] std::string counts_text(const JobRecord& record);
[[nodiscard]] std::string counts_text(const ReportedJob& job);

} // namespace nightshift
