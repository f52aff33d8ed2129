// SPDX-License-Identifier: Apache-2.0

#include "core/record/failure_notice.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <vector>

namespace nightshift {
namespace {

constexpr std::size_t k_most_jobs = 5; // named in a notice

bool is_bad(const ReportedJob& job) {
  return !was_skipped(job) && (job.status != JobStatus::success || !job.reason.empty());
}

std::string job_line(const ReportedJob& job, const std::filesystem::path& state_dir) {
  std::string line =
      fmt::format("Job {} \"{}\": {}", job.id, one_line(job.name), to_string(job.status));
  if (!job.reason.empty()) {
    line += fmt::format(" ({})", one_line(job.reason));
  }
  if (job.error && !job.error->message.empty()) {
    line += fmt::format(": {}", one_line(job.error->message));
  } else if (job.total(Counter::failed) > 0) {
    line += fmt::format(": {} objects could not be examined", grouped(job.total(Counter::failed)));
  }
  const auto record = state_dir / "jobs" / std::to_string(job.id) / "job.json";
  return fmt::format("{}; its record is {}\n", line, record.string());
}

} // namespace

std::string failure_notice(const RunReport& report, const std::filesystem::path& state_dir) {
  std::vector<const ReportedJob*> bad;
  for (const ReportedJob& job : report.jobs) {
    if (is_bad(job)) {
      bad.push_back(&job);
    }
  }
  const std::size_t named = std::min(bad.size(), k_most_jobs);
  std::string text = fmt::format(
      "nightshift: {} of {} job{} did not end well (exit code {}, {}).\n", bad.size(),
      report.jobs.size(), report.jobs.size() == 1 ? "" : "s", report.exit_code, report.exit_name);
  for (std::size_t i = 0; i < named; ++i) {
    text += job_line(*bad[i], state_dir);
  }
  if (named < bad.size()) {
    const auto others = static_cast<std::int64_t>(bad.size() - named);
    text += fmt::format("And {} more, in {}\n", grouped(others),
                        (state_dir / "runs" / report.run / "report.json").string());
  }
  if (!bad.empty()) {
    text += fmt::format("What happened: nightshift logs {} --state-dir {}\n", bad.front()->id,
                        state_dir.string());
  }
  return text + "When the cause is gone, run it again: it goes on from what has been done.\n";
}

} // namespace nightshift
