// SPDX-License-Identifier: Apache-2.0

#include "core/runner/views.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"
#include "core/record/job_document.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/report.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

namespace nightshift {
namespace {

std::string percent(double fraction) {
  return fmt::format("{:.0f} %", fraction * 100);
}

std::string seconds_text(std::optional<double> seconds) {
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

template <class Value>
bool lets_through(const std::vector<Value>& filter, const Value& value) {
  return filter.empty() || std::find(filter.begin(), filter.end(), value) != filter.end();
}

bool matches(const JobQuery& query, const JobSummary& job) {
  const bool of_deployment = query.deployments.empty() ||
                             (job.deployment && lets_through(query.deployments, *job.deployment));
  return of_deployment && lets_through(query.statuses, job.status) &&
         lets_through(query.types, job.type) && (!query.since || job.created >= *query.since);
}

// The record as it is on disk or, where that is missing or damaged, made from the journal.
Json record_document(const JobFolder& folder) {
  constexpr std::size_t k_largest_record = std::size_t{64} << 20U;
  try {
    Json document = Json::parse(read_file(folder.record(), k_largest_record), nullptr, false);
    if (document.is_object()) {
      return document;
    }
  } catch (const JobError&) {
    // The journal knows as well.
  }
  return to_document(look_at_job(folder));
}

std::string attempt_text(const AttemptRecord& attempt) {
  std::string text =
      fmt::format("  {:<3} {} - {}  {:<8}", attempt.number, local_log_text(attempt.started),
                  attempt.finished ? local_log_text(*attempt.finished) : std::string(19, ' '),
                  to_string(attempt.status));
  if (!attempt.reason.empty()) {
    text += fmt::format(" ({})", attempt.reason);
  }
  if (!attempt.host.empty()) {
    text += fmt::format("  on {}, pid {}", one_line(attempt.host), attempt.pid);
  }
  if (attempt.error) {
    text += fmt::format("\n      {}", one_line(attempt.error->message));
  }
  return text + '\n';
}

} // namespace

std::vector<JobSummary> list_jobs(const StateDir& state_dir, const JobQuery& query,
                                  const std::function<void(std::int64_t id)>& unreadable) {
  std::vector<std::int64_t> ids = state_dir.job_ids();
  std::vector<JobSummary> jobs;
  for (; !ids.empty() && jobs.size() < query.most.value_or(SIZE_MAX); ids.pop_back()) {
    const auto folder = state_dir.find_job(ids.back());
    if (!folder) { // removed meanwhile
      continue;
    }
    try {
      JobSummary job = read_job_summary(*folder);
      if (!is_final(job.status) && job.status != JobStatus::created) { // as the record has it
        job = summary_of(look_at_job(*folder));
      }
      if (matches(query, job)) {
        jobs.push_back(std::move(job));
      }
    } catch (const JobError&) { // a job that is just being made has no journal yet
      unreadable(folder->id);
    }
  }
  return jobs;
}

std::string jobs_text(const std::vector<JobSummary>& jobs) {
  std::string text =
      fmt::format("{:>6}  {:<9} {:<19} {:>10}  {}\n", "JOB", "STATUS", "STARTED", "TOOK", "NAME");
  for (const JobSummary& job : jobs) {
    text += fmt::format("{:>6}  {:<9} {:<19} {:>10}  {}{}\n", job.id, to_string(job.status),
                        when(job.started), seconds_text(job.seconds()), one_line(job.name),
                        job.reason.empty() ? "" : fmt::format(" ({})", job.reason));
  }
  return text;
}

Json jobs_document(const StateDir& state_dir, const std::vector<JobSummary>& jobs) {
  Json results = Json::array();
  for (const JobSummary& job : jobs) {
    const auto folder = state_dir.find_job(job.id);
    if (!folder) {
      continue;
    }
    Json document = record_document(*folder);
    document.erase("result");
    document["progress"]["logs"] = Json::array();
    document["logs"] = {{"stdout", Json::array()}, {"stderr", Json::array()}};
    results.push_back(std::move(document));
  }
  return {{"count", results.size()}, {"results", std::move(results)}};
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
  text += field("took", seconds_text(job.seconds(job.updated)));
  if (job.retry_at) {
    text += field("tries again", when(job.retry_at));
  }
  if (const std::string counts = counts_text(job); !counts.empty()) {
    text += field("captures", counts);
  }
  text += job.attempts.empty() ? "" : "attempts\n";
  for (const AttemptRecord& attempt : job.attempts) {
    text += attempt_text(attempt);
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
