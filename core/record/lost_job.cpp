// SPDX-License-Identifier: Apache-2.0

#include "core/record/lost_job.hpp"

#include "core/base/text.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <system_error>

namespace nightshift {
namespace {

// Whether somebody has to be doing the job, if the record is right.
bool is_under_way(JobStatus status) {
  return status != JobStatus::created && !is_final(status);
}

// The stage that was last worked on.
const StageRecord* last_stage(const JobRecord& record) {
  const auto found =
      std::find_if(record.stages.rbegin(), record.stages.rend(),
                   [](const StageRecord& stage) { return stage.status != JobStatus::created; });
  return found != record.stages.rend() ? &*found : nullptr;
}

std::string owner_text(const JobRecord& record, const std::optional<OwnerFacts>& facts) {
  if (facts) {
    const ProcessIdentity here = own_process();
    const bool restarted = facts->process.host == here.host &&
                           facts->process.boot_id != here.boot_id && !here.boot_id.empty();
    return fmt::format("pid {} on {}{}", facts->process.pid, one_line(facts->process.host),
                       restarted ? ", which has restarted since" : "");
  }
  if (!record.attempts.empty()) {
    const AttemptRecord& attempt = record.attempts.back();
    return fmt::format("pid {} on {}", attempt.pid, one_line(attempt.host));
  }
  return "unknown";
}

std::string last_seen_text(const JobRecord& record) {
  std::string text = fmt::format("last seen {}", local_log_text(record.updated));
  if (const StageRecord* stage = last_stage(record)) {
    text += fmt::format(" in the stage {} at {:.0f} %", stage->key, stage->progress * 100);
    if (stage->done > 0) {
      text += fmt::format(", {}", grouped(stage->done));
      text += stage->total > 0 ? fmt::format(" of {}", grouped(stage->total)) : "";
    }
  }
  if (const std::string counts = counts_text(record); !counts.empty()) {
    text += fmt::format(" ({})", counts);
  }
  return text;
}

std::string lost_text(const JobRecord& record, const JobFolder& folder) {
  return fmt::format("the process that ran the job is gone ({}); {}; run its job file again to go "
                     "on",
                     owner_text(record, read_owner_facts(folder.owner())), last_seen_text(record));
}

// As a stage ends that fails, with what is known of it.
Json stage_end(const StageRecord& stage, JobStatus status) {
  Json counters = Json::object();
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    counters[std::string(k_counter_names[i])] = stage.counters[i];
  }
  Json parameters = Json::array();
  for (const StageRecord::Parameter& parameter : stage.parameters) {
    parameters.push_back(parameter.value);
  }
  return {{"done", stage.done},          {"total", stage.total},
          {"fraction", stage.progress},  {"counters", std::move(counters)},
          {"status", to_string(status)}, {"parameters", std::move(parameters)}};
}

void record_ending(JobRecorder& recorder, const JobEnding& ending) {
  const JobRecord record = recorder.record();
  for (const StageRecord& stage : record.stages) {
    if (stage.status == JobStatus::started) {
      recorder.emit(EventKind::stage_failed, stage_end(stage, ending.status), stage.key);
    }
  }
  const bool failed = ending.status == JobStatus::failure;
  recorder.log(failed ? Severity::error : Severity::warning, ending.why);
  recorder.emit_logged(
      EventKind::job_status, Severity::info,
      fmt::format("Changing status of job {} to {}", record.id, to_string(ending.status)),
      {{"status", to_string(ending.status)},
       {"reason", ending.reason},
       {"error",
        {{"class", failed ? "permanent" : "cancelled"},
         {"code", ending.reason},
         {"message", ending.why}}}},
      {});
}

// Halves of files that a kill left between their making and their renaming.
void remove_temporaries(const JobFolder& folder) {
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder.path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (is_temporary_of_replace_file(entry->path())) {
      std::error_code ignored;
      std::filesystem::remove(entry->path(), ignored);
    }
  }
}

// The journal may be ahead of the record, and end in the middle of a line; both are mended.
void finalise(const JobFolder& folder, JobOwner& owner, const JobEnding* known,
              EventListener* listener) {
  {
    JobRecorder recorder(folder, system_now, listener);
    recorder.release_space();
    const JobRecord record = recorder.record();
    if (known != nullptr && !is_final(record.status)) {
      record_ending(recorder, *known);
    } else if (is_under_way(record.status)) {
      record_ending(recorder, {JobStatus::failure, "lost", lost_text(record, folder)});
    } else {
      recorder.write_now();
    }
    if (const auto failure = recorder.failure()) {
      throw *failure;
    }
  }
  remove_temporaries(folder);
  owner.finish();
}

bool has_no_owner(const JobFolder& folder) {
  return lock_state(folder.owner()) == LockState::free;
}

} // namespace

void finalise_if_lost(const JobFolder& folder, EventListener* listener) {
  if (lock_state(folder.owner()) == LockState::held) {
    return;
  }
  if (auto owner = JobOwner::take_over(folder)) {
    finalise(folder, *owner, nullptr, listener);
  }
}

void finalise_ended(const JobFolder& folder, const JobEnding& ending, EventListener* listener) {
  if (auto owner = JobOwner::take_over(folder)) {
    finalise(folder, *owner, &ending, listener);
  }
}

void finalise_lost_jobs(const StateDir& state_dir, EventListener* listener) {
  for (const std::int64_t id : state_dir.live_ids()) {
    const auto folder = state_dir.find_job(id);
    if (!folder) {
      state_dir.forget_live(id);
      continue;
    }
    try {
      finalise_if_lost(*folder, listener);
    } catch (const JobError&) { // a full disk, a damaged folder: no reason not to run other jobs
    }
  }
}

JobRecord look_at_job(const JobFolder& folder) {
  JobRecord record = read_job_record(folder);
  if (!is_under_way(record.status) || !has_no_owner(folder)) {
    return record;
  }
  try {
    finalise_if_lost(folder, nullptr);
  } catch (const JobError&) { // it is not ours to write
  }
  // Again: it may have ended by itself between the two looks.
  record = read_job_record(folder);
  if (is_under_way(record.status) && has_no_owner(folder)) {
    const std::string why = lost_text(record, folder);
    record.status = JobStatus::failure;
    record.reason = "lost";
    record.error = ErrorRecord{"permanent", "lost", why};
    record.finished = record.updated;
  }
  return record;
}

} // namespace nightshift
