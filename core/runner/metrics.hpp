// SPDX-License-Identifier: Apache-2.0
//
// How the last run went, as a file that Prometheus's node_exporter picks up (its textfile
// collector). A file, because a batch run is gone before anybody could ask it.

#pragma once

#include "core/base/time.hpp"
#include "core/record/reported_job.hpp"

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nightshift {

// What a run came to, for its metrics.
struct RunMetrics {
  TimePoint started;
  TimePoint finished;
  int exit_code = 0;
  std::span<const ReportedJob> jobs; // none if it could not begin
  bool all_jobs = false;             // `jobs` are all of the job file: others are no more
};

// The file's text. Of `previous`, its text until now, stays what this run says nothing about: when
// a job last succeeded, and jobs that were not in it. What is not understood there is left out.
[[nodiscard]] std::string metrics_text(const RunMetrics& run, std::string_view previous);

// Put them in the place of `file`, readable for everybody; why that failed, if so. Never throws:
// they are not what the run is for.
[[nodiscard]] std::optional<std::string> write_metrics(const std::filesystem::path& file,
                                                       const RunMetrics& run) noexcept;

} // namespace nightshift
