// SPDX-License-Identifier: Apache-2.0

#include "core/runner/views.hpp"

#include "core/base/text.hpp"
#include "core/record/job_document.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/report.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace nightshift {
namespace {

std::string percent(double fraction) {
  return fmt::format("{:.0f} %", fraction * 100);
}

std::string seconds_text(const JobRecord& job) {
  const auto seconds = job.seconds(job.updated);
  return seconds ? fmt::format("{:.2f} s", *seconds) : "-";
}

std::string when(const std::optional<TimePoint>& time) {
  return time ? local_log_text(*time) : "-";
}

std::string field(std::string_view name, const std::string& value) {
  return fmt::format("  {:<12} {}\n", name, value);
}

std::string stage_text(const StageRecord& stage) {
  std::string text = fmt::format("  {:<26} {:<8} {:>5}", stage.name, to_string(stage.status),
                                 percent(stage.progress));
  for (const StageRecord::Parameter& parameter : stage.parameters) {
    text += fmt::format("   {}: {}", parameter.name, grouped(parameter.value));
  }
  return text + '\n';
}

std::string attempt_text(const AttemptRecord& attempt) {
  return fmt::format("  {:>2}  {:<9} {} to {}, pid {} on {}{}\n", attempt.number,
                     to_string(attempt.status), when(attempt.started), when(attempt.finished),
                     attempt.pid, one_line(attempt.host),
                     attempt.error ? ": " + one_line(attempt.error->message) : "");
}

// The first objects that could not be examined, and how many there are.
std::string failed_text(const JobRecord& job) {
  if (job.failed_items.empty()) {
    return "";
  }
  std::string text =
      fmt::format("failed ({} in failed.jsonl)\n",
                  grouped(std::max(job.total(Counter::failed),
                                   static_cast<std::int64_t>(job.failed_items.size()))));
  for (const FailedItem& item : job.failed_items) {
    text += fmt::format("  {}: {}\n", one_line(item.key), one_line(item.why));
  }
  return text;
}

std::string log_text(const JobRecord& job) {
  std::string text;
  for (const LogLine& line : job.log) {
    text += fmt::format("  {} {:<8} {}\n", local_log_text(line.time), to_string(line.severity),
                        one_line(line.message));
  }
  return text;
}

} // namespace

std::vector<JobRecord> list_jobs(const StateDir& state_dir,
                                 const std::function<void(std::int64_t id)>& unreadable) {
  std::vector<std::int64_t> ids = state_dir.job_ids();
  std::reverse(ids.begin(), ids.end());
  std::vector<JobRecord> jobs;
  for (const std::int64_t id : ids) {
    try {
      jobs.push_back(look_at_job(state_dir.find_job(id).value()));
      jobs.back().definition = Json();
    } catch (const JobError&) { // a job that is just being made has no journal yet
      unreadable(id);
    }
  }
  return jobs;
}

std::string jobs_text(const std::vector<JobRecord>& jobs) {
  std::string text =
      fmt::format("{:>6}  {:<9} {:<19} {:>10}  {}\n", "JOB", "STATUS", "STARTED", "TOOK", "NAME");
  for (const JobRecord& job : jobs) {
    text += fmt::format("{:>6}  {:<9} {:<19} {:>10}  {}{}\n", job.id, to_string(job.status),
                        when(job.started), seconds_text(job), one_line(job.name),
                        job.reason.empty() ? "" : fmt::format(" ({})", job.reason));
  }
  return text;
}

Json jobs_document(const std::vector<JobRecord>& jobs) {
  Json results = Json::array();
  for (const JobRecord& job : jobs) {
    Json document = to_document(job);
    document.erase("result");
    document["progress"]["logs"] = Json::array();
    document["logs"] = {{"stdout", Json::array()}, {"stderr", Json::array()}};
    results.push_back(std::move(document));
  }
  return {{"count", jobs.size()}, {"results", std::move(results)}};
}

std::string job_text(const JobRecord& job) {
  std::string text = fmt::format("job #{} \"{}\"\n", job.id, one_line(job.name));
  text += field("status", fmt::format("{}{}", to_string(job.status),
                                      job.reason.empty() ? "" : fmt::format(" ({})", job.reason)));
  if (job.error) {
    text += field("error", one_line(job.error->message));
  }
  text += field("type", job.type_key);
  if (job.deployment) {
    text += field("deployment",
                  fmt::format("#{} {}", job.deployment->id, one_line(job.deployment->name)));
    text += field("project", fmt::format("#{} {}", job.deployment->project.id,
                                         one_line(job.deployment->project.name)));
  }
  text += field("created", when(job.created));
  text += field("started", when(job.started));
  text += field("finished", when(job.finished));
  text += field("took", seconds_text(job));
  if (job.retry_at) {
    text += field("tries again", when(job.retry_at));
  }
  if (const std::string counts = counts_text(job); !counts.empty()) {
    text += field("captures", counts);
  }
  if (job.attempts.size() > 1) {
    text += "attempts\n";
    for (const AttemptRecord& attempt : job.attempts) {
      text += attempt_text(attempt);
    }
  }
  text += "stages\n";
  for (const StageRecord& stage : job.stages) {
    text += stage_text(stage);
  }
  text += failed_text(job);
  text += "log\n" + log_text(job);
  return text;
}

std::string log_line_text(const Event& event) {
  return fmt::format("{} {:<8} {}\n", local_log_text(event.time), to_string(event.severity),
                     one_line(event.message));
}

} // namespace nightshift
