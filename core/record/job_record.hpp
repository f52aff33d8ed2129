// SPDX-License-Identifier: Apache-2.0
//
// What is known of a job: the fold of its events. Made while the job runs, and again from the
// journal whenever the record is in doubt; both give the same.

#pragma once

#include "core/record/event.hpp"
#include "core/record/profile.hpp"

#include <nightshift/deployment.hpp>
#include <nightshift/job_status.hpp>
#include <nightshift/progress.hpp>

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct StageRecord {
  struct Parameter {
    std::string name;
    std::string key;
    std::int64_t value = 0;
  };

  std::string key;
  std::string name;
  JobStatus status = JobStatus::created;
  double progress = 0; // 0 to 1; 1 only when the stage has succeeded
  std::vector<Parameter> parameters;
  std::int64_t done = 0;
  std::int64_t total = 0; // 0: not known
  std::array<std::int64_t, k_counter_names.size()> counters{};
  std::optional<double> wall_seconds;
  std::optional<double> cpu_seconds;
  std::optional<StageProfile> profile; // of a run that was asked for it

  [[nodiscard]] std::int64_t counter(Counter counter) const noexcept {
    return counters[static_cast<std::size_t>(counter)];
  }
};

struct ErrorRecord {
  std::string error_class;
  std::string code;
  std::string message;
};

struct LogLine {
  TimePoint time;
  Severity severity = Severity::info;
  std::string message;
};

// One try of the job, and the process that made it.
struct AttemptRecord {
  int number = 1;
  std::string host;
  std::int64_t pid = 0;
  Json facts = Json::object(); // threads, plugins, scheduler: as the runner told them
  TimePoint started;
  std::optional<TimePoint> finished;
  JobStatus status = JobStatus::started;
  std::string reason;
  std::optional<ErrorRecord> error;
};

// An object that could not be examined.
struct FailedItem {
  std::string key; // printable
  std::string why;
};

struct JobRecord {
  static constexpr std::size_t k_most_log_lines = 1000;
  static constexpr std::size_t k_most_failed_items = 10;

  std::int64_t id = 0;
  std::string name;
  std::string definition_name;
  std::string type_key;
  std::string type_name;
  std::string api_base_url;
  double delay_seconds = 0;
  std::optional<std::int64_t> limit;
  bool shuffle = true;
  std::uint64_t seed = 0;
  std::optional<Deployment> deployment; // id, name and project only
  Json definition;                      // all that a later start needs
  JobStatus status = JobStatus::created;
  std::string reason; // "" or a finer word than the status: "interrupted", "mass_loss", "partial"
  std::optional<ErrorRecord> error;
  TimePoint created;
  TimePoint updated;
  std::optional<TimePoint> started;
  std::optional<TimePoint> finished;
  std::optional<TimePoint> retry_at;    // when the next attempt begins, while the job waits for it
  std::vector<FailedItem> failed_items; // the first of the last attempt
  std::vector<StageRecord> stages;
  std::vector<AttemptRecord> attempts;
  std::string run;         // the last one that took it up, if only to leave it out; "" if none has
  std::deque<LogLine> log; // oldest first, the newest `k_most_log_lines`
  bool log_truncated = false;
  std::uint64_t last_sequence = 0;

  // The mean of the stages; 0 without stages.
  [[nodiscard]] double progress() const noexcept;

  // A counter over all stages.
  [[nodiscard]] std::int64_t total(Counter counter) const noexcept;

  // Seconds from start to end, or to `now` while it runs.
  [[nodiscard]] std::optional<double> seconds(TimePoint now) const noexcept;
};

// Take `event` into `record`.
void apply(JobRecord& record, const Event& event);

} // namespace nightshift
