// SPDX-License-Identifier: Apache-2.0

#include "core/record/report.hpp"

#include "core/base/text.hpp"
#include "core/record/job_document.hpp"

#include <nightshift/function_ref.hpp>

#include <fmt/format.h>

#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <array>
#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_report_schema = "nightshift.report/1";

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

Json counters_document(const auto& counter) {
  Json counters = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    counters[std::string(k_counter_names[i])] = counter(static_cast<Counter>(i));
  }
  return counters;
}

Json attempt_document(const ReportedAttempt& attempt) {
  return {{"attempt", attempt.number},
          {"started", utc_text(attempt.started)},
          {"ended", attempt.finished ? Json(utc_text(*attempt.finished)) : Json()},
          {"status", to_string(attempt.status)},
          {"error", error_document(attempt.error)}};
}

Json stage_of_report(const ReportedStage& stage) {
  return {{"key", stage.key},
          {"status", to_string(stage.status)},
          {"wall_s", stage.wall_seconds ? Json(*stage.wall_seconds) : Json()},
          {"cpu_s", stage.cpu_seconds ? Json(*stage.cpu_seconds) : Json()},
          {"counts", counters_document([&](Counter c) { return stage.counter(c); })},
          {"profile", stage.profile ? to_document(*stage.profile) : Json()}};
}

// Null where no stage has one.
Json profile_of_job(const ReportedJob& job, TimePoint run_started) {
  JobProfile profile;
  bool any = false;
  for (const ReportedStage& stage : job.stages) {
    profile.in_stages_seconds += stage.wall_seconds.value_or(0);
    if (stage.profile) {
      any = true;
      profile.cpu_user_seconds += stage.profile->cpu_user_seconds;
      profile.cpu_system_seconds += stage.profile->cpu_system_seconds;
    }
  }
  if (!any || !job.started) {
    return {};
  }
  const std::chrono::duration<double> waited = *job.started - std::max(run_started, job.created);
  profile.waited_to_start_seconds = std::max(waited.count(), 0.0);
  return to_document(profile);
}

Json job_document(const ReportedJob& job, TimePoint run_started) {
  Json attempts = Json::array();
  for (const ReportedAttempt& attempt : job.attempts) {
    attempts.push_back(attempt_document(attempt));
  }
  Json stages = Json::array();
  for (const ReportedStage& stage : job.stages) {
    stages.push_back(stage_of_report(stage));
  }
  return {{"id", job.id},
          {"name", job.name},
          {"type", job.type_key},
          {"deployment", job.deployment ? Json(*job.deployment) : Json()},
          {"status", to_string(job.status)},
          {"reason", job.reason.empty() ? Json() : Json(job.reason)},
          {"error", error_document(job.error)},
          {"wall_s", job.wall_seconds ? Json(*job.wall_seconds) : Json()},
          {"counts", counters_document([&](Counter c) { return job.total(c); })},
          {"attempts", std::move(attempts)},
          {"stages", std::move(stages)},
          {"profile", profile_of_job(job, run_started)}};
}

std::int64_t count_of(const RunReport& report, JobStatus status) {
  return std::count_if(report.jobs.begin(), report.jobs.end(),
                       [&](const ReportedJob& job) { return job.status == status; });
}

double wall_seconds(const RunReport& report) {
  return std::chrono::duration<double>(report.finished - report.started).count();
}

Json summary_document(const RunReport& report) {
  return {{"jobs",
           {{"total", report.jobs.size()},
            {"success", count_of(report, JobStatus::success)},
            {"failure", count_of(report, JobStatus::failure)},
            {"revoked", count_of(report, JobStatus::revoked)}}},
          {"counts", counters_document([&](Counter c) {
             std::int64_t sum = 0;
             for (const ReportedJob& job : report.jobs) {
               sum += job.total(c);
             }
             return sum;
           })}};
}

Json environment_document(const RunReport& report) {
  utsname system{};
  (void)uname(&system);
  return {{"host", system.nodename},
          {"kernel", fmt::format("{} {}", system.sysname, system.release)},
          {"version", report.version},
          {"threads", {{"n", report.threads}, {"source", report.threads_source}}}};
}

// The jobs are left to be put in.
Json document_without_jobs(const RunReport& report) {
  return {{"schema", k_report_schema},
          {"run", report.run},
          {"exit_code", report.exit_code},
          {"exit_name", report.exit_name},
          {"started", utc_text(report.started)},
          {"finished", utc_text(report.finished)},
          {"wall_s", wall_seconds(report)},
          {"summary", summary_document(report)},
          {"jobs", Json::array()},
          {"resources",
           {{"max_rss_bytes", report.resources.max_rss_bytes},
            {"cpu_user_s", report.resources.cpu_user_seconds},
            {"cpu_system_s", report.resources.cpu_system_seconds}}},
          {"profile", report.profile ? to_document(*report.profile) : Json()},
          {"environment", environment_document(report)},
          {"job_file",
           {{"path", report.job_file.empty() ? Json() : Json(report.job_file.string())},
            {"sha256", report.job_file_sha256.empty() ? Json() : Json(report.job_file_sha256)}}}};
}

std::string job_line(const ReportedJob& job) {
  std::string line =
      fmt::format("job {:<6} {:<8} {}", job.id, to_string(job.status), one_line(job.name));
  if (const std::string counts = counts_text(job); !counts.empty()) {
    line += fmt::format(": {}", counts);
  }
  if (job.wall_seconds) {
    line += fmt::format(" ({:.2f} s)", *job.wall_seconds);
  }
  line += '\n';
  if (job.error) {
    line += fmt::format("           {}{}\n", job.reason.empty() ? "" : job.reason + ": ",
                        one_line(job.error->message));
  } else if (!job.reason.empty()) {
    line += fmt::format("           {}\n", job.reason);
  }
  return line;
}

} // namespace

ResourceUse own_resource_use() {
  rusage usage{};
  (void)getrusage(RUSAGE_SELF, &usage);
  return {usage.ru_maxrss * std::int64_t{1024}, seconds_of(usage.ru_utime),
          seconds_of(usage.ru_stime)};
}

void write_report(const RunReport& report, FunctionRef<void(std::string_view)> out) {
  write_page(document_without_jobs(report),
             {"jobs", report.jobs.size(),
              [&](std::size_t i) { return job_document(report.jobs[i], report.started); }},
             out);
}

namespace {

std::string text_of_counts(FunctionRef<std::int64_t(Counter)> total) {
  struct Shown {
    Counter counter;
    bool always;
  };

  constexpr std::array<Shown, 8> k_shown{{{Counter::added, true},
                                          {Counter::changed, true},
                                          {Counter::unchanged, true},
                                          {Counter::missing, true},
                                          {Counter::passed_over, false},
                                          {Counter::undated, false},
                                          {Counter::skipped, false},
                                          {Counter::failed, false}}};
  if (total(Counter::listed) == 0 && total(Counter::missing) == 0 &&
      total(Counter::passed_over) == 0) {
    return {};
  }
  std::string text;
  for (const Shown& shown : k_shown) {
    const std::int64_t count = total(shown.counter);
    if (shown.always || count != 0) {
      std::string name(to_string(shown.counter));
      std::replace(name.begin(), name.end(), '_', ' ');
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", grouped(count), name);
    }
  }
  return text;
}

} // namespace

std::string counts_text(const JobRecord& record) {
  return text_of_counts([&](Counter counter) { return record.total(counter); });
}

std::string counts_text(const ReportedJob& job) {
  return text_of_counts([&](Counter counter) { return job.total(counter); });
}

std::string to_text(const RunReport& report) {
  std::string text;
  for (const ReportedJob& job : report.jobs) {
    text += job_line(job);
  }
  const auto total = static_cast<std::int64_t>(report.jobs.size());
  text += fmt::format("{} job{}: {} succeeded", grouped(total), total == 1 ? "" : "s",
                      grouped(count_of(report, JobStatus::success)));
  if (const auto failed = count_of(report, JobStatus::failure); failed != 0) {
    text += fmt::format(", {} failed", grouped(failed));
  }
  if (const auto revoked = count_of(report, JobStatus::revoked); revoked != 0) {
    text += fmt::format(", {} revoked", grouped(revoked));
  }
  text += fmt::format(", in {:.2f} s\n", wall_seconds(report));
  return text;
}

} // namespace nightshift
