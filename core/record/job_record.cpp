// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_record.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace nightshift {
namespace {

// Below 1, so that only a stage that has succeeded shows 1.
constexpr double k_almost_done = 0.999;

std::string text(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t whole(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<std::int64_t>() : 0;
}

double real(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_number() ? found->get<double>() : 0;
}

std::optional<ErrorRecord> error_of(const Json& attributes) {
  const Json& error = member(attributes, "error");
  if (!error.is_object()) {
    return std::nullopt;
  }
  return ErrorRecord{text(error, "class"), text(error, "code"), text(error, "message")};
}

StageRecord make_stage(const std::string& key, const std::string& name) {
  StageRecord stage;
  stage.key = key;
  stage.name = name;
  return stage;
}

void take_created(JobRecord& record, const Event& event) {
  const Json& from = event.attributes;
  record.id = event.job;
  record.name = text(from, "name");
  record.definition_name = text(from, "definition_name");
  record.api_base_url = text(from, "api_base_url");
  record.delay_seconds = real(from, "delay");
  if (member(from, "limit").is_number()) {
    record.limit = whole(from, "limit");
  }
  record.shuffle = from.value("shuffle", true);
  record.seed = from.value("seed", std::uint64_t{0});
  record.type_key = text(member(from, "job_type"), "key");
  record.type_name = text(member(from, "job_type"), "name");
  if (const Json& deployment = member(from, "deployment"); deployment.is_object()) {
    const Json& project = member(from, "project");
    record.deployment.emplace();
    record.deployment->id = whole(deployment, "id");
    record.deployment->name = text(deployment, "name");
    record.deployment->project = {whole(project, "id"), text(project, "name")};
  }
  record.definition = member(from, "definition");
  record.created = event.time;
}

// What is changed of the job is changed of its definition, from which it is started.
void take_edited(JobRecord& record, const Json& changes) {
  Json& definition = record.definition;
  if (const Json& name = member(changes, "name"); name.is_string()) {
    record.name = definition["name"] = name;
  }
  if (const Json& delay = member(changes, "delay"); delay.is_number()) {
    record.delay_seconds = delay.get<double>();
    definition["delay_ms"] = static_cast<std::int64_t>(record.delay_seconds * 1000);
  }
  if (changes.contains("limit")) {
    const Json& limit = changes["limit"];
    record.limit = limit.is_number() ? std::optional(limit.get<std::int64_t>()) : std::nullopt;
    record.seed = changes.value("seed", std::uint64_t{0});
    definition["limit"] = limit;
    definition["seed"] = record.seed;
  }
  if (const Json& shuffle = member(changes, "shuffle"); shuffle.is_boolean()) {
    record.shuffle = shuffle.get<bool>();
    definition["shuffle"] = shuffle;
  }
}

// Antenna's reset: nothing of the former attempt stays but the names.
void begin_anew(JobRecord& record) {
  record.reason.clear();
  record.error.reset();
  record.finished.reset();
  record.retry_at.reset();
  record.failed_items.clear();
  for (StageRecord& stage : record.stages) {
    StageRecord fresh = make_stage(stage.key, stage.name);
    fresh.parameters = std::move(stage.parameters);
    for (StageRecord::Parameter& parameter : fresh.parameters) {
      parameter.value = 0;
    }
    stage = std::move(fresh);
  }
}

void take_attempt(JobRecord& record, const Event& event) {
  AttemptRecord attempt;
  attempt.number = static_cast<int>(whole(event.attributes, "attempt"));
  attempt.host = text(event.attributes, "host");
  attempt.pid = whole(event.attributes, "pid");
  attempt.facts = event.attributes;
  attempt.started = event.time;
  record.run = text(event.attributes, "run");
  record.attempts.push_back(std::move(attempt));
  begin_anew(record);
}

void take_status(JobRecord& record, const Event& event) {
  const auto status = job_status_from(text(event.attributes, "status"));
  if (status == JobStatus::retry && is_final(record.status)) { // a person's, of what has ended
    begin_anew(record);
    record.started.reset();
  }
  record.status = status.value_or(JobStatus::unknown);
  record.reason = text(event.attributes, "reason");
  record.error = error_of(event.attributes);
  if (std::string run = text(event.attributes, "run"); !run.empty()) {
    record.run = std::move(run);
  }
  if (record.status == JobStatus::started) {
    record.started = event.time;
  }
  // An attempt that has ended keeps its end; a retry may be refused before it becomes one.
  if (!record.attempts.empty() && !is_final(record.attempts.back().status)) {
    AttemptRecord& attempt = record.attempts.back();
    attempt.status = record.status;
    attempt.reason = record.reason;
    if (is_final(record.status) || record.status == JobStatus::retry) {
      attempt.finished = event.time;
      attempt.error = record.error;
    }
  }
  if (is_final(record.status)) {
    record.finished = event.time;
    record.retry_at.reset();
  }
}

StageRecord& stage_of(JobRecord& record, const Event& event) {
  const auto found = std::find_if(record.stages.begin(), record.stages.end(),
                                  [&](const StageRecord& s) { return s.key == event.stage; });
  return found != record.stages.end()
             ? *found
             : record.stages.emplace_back(make_stage(event.stage, event.stage));
}

void take_stage_added(JobRecord& record, const Event& event) {
  StageRecord& stage = stage_of(record, event);
  stage.name = text(event.attributes, "name");
  stage.parameters.clear();
  for (const Json& parameter : member(event.attributes, "parameters")) {
    stage.parameters.push_back(
        {text(parameter, "name"), text(parameter, "key"), whole(parameter, "value")});
  }
}

void take_progress(StageRecord& stage, const Json& from) {
  stage.done = whole(from, "done");
  stage.total = whole(from, "total");
  stage.progress = std::max(stage.progress, std::min(real(from, "fraction"), k_almost_done));
  const Json& counters = member(from, "counters");
  for (std::size_t i = 0; i < k_counter_names.size(); ++i) {
    stage.counters[i] = whole(counters, k_counter_names[i].data());
  }
  const Json& values = member(from, "parameters");
  for (std::size_t i = 0; i < values.size() && i < stage.parameters.size(); ++i) {
    stage.parameters[i].value = values[i].get<std::int64_t>();
  }
}

void take_stage_end(StageRecord& stage, const Event& event) {
  take_progress(stage, event.attributes);
  stage.wall_seconds = real(event.attributes, "wall_s");
  const Json& cpu_seconds = member(event.attributes, "cpu_s"); // none if other stages ran beside it
  stage.cpu_seconds =
      cpu_seconds.is_number() ? std::optional(cpu_seconds.get<double>()) : std::nullopt;
  stage.profile = stage_profile_from(member(event.attributes, "profile"));
  if (event.kind == EventKind::stage_finished) {
    stage.status = JobStatus::success;
    stage.progress = 1;
  } else {
    stage.status = job_status_from(text(event.attributes, "status")).value_or(JobStatus::failure);
  }
}

void take_log_line(JobRecord& record, const Event& event) {
  if (event.message.empty() || event.severity == Severity::debug) {
    return;
  }
  record.log.push_back({event.time, event.severity, event.message});
  if (record.log.size() > JobRecord::k_most_log_lines) {
    record.log.pop_front();
    record.log_truncated = true;
  }
}

} // namespace

double JobRecord::progress() const noexcept {
  double sum = 0;
  for (const StageRecord& stage : stages) {
    sum += stage.progress;
  }
  return stages.empty() ? 0 : sum / static_cast<double>(stages.size());
}

std::int64_t JobRecord::total(Counter counter) const noexcept {
  std::int64_t sum = 0;
  for (const StageRecord& stage : stages) {
    sum += stage.counter(counter);
  }
  return sum;
}

std::optional<double> JobRecord::seconds(TimePoint now) const noexcept {
  if (!started) {
    return std::nullopt;
  }
  return std::chrono::duration<double>(finished.value_or(now) - *started).count();
}

void apply(JobRecord& record, const Event& event) {
  switch (event.kind) {
  case EventKind::job_created:
    take_created(record, event);
    break;
  case EventKind::job_attempt:
    take_attempt(record, event);
    break;
  case EventKind::job_status:
    take_status(record, event);
    break;
  case EventKind::stage_added:
    take_stage_added(record, event);
    break;
  case EventKind::stage_started:
    stage_of(record, event).status = JobStatus::started;
    break;
  case EventKind::progress:
    take_progress(stage_of(record, event), event.attributes);
    break;
  case EventKind::stage_finished:
  case EventKind::stage_failed:
    take_stage_end(stage_of(record, event), event);
    break;
  case EventKind::item_failed:
    if (record.failed_items.size() < JobRecord::k_most_failed_items) {
      record.failed_items.push_back({text(event.attributes, "key"), text(event.attributes, "why")});
    }
    break;
  case EventKind::retry:
    record.retry_at = parse_utc(text(event.attributes, "at"));
    break;
  case EventKind::job_edited:
    take_edited(record, event.attributes);
    break;
  case EventKind::log:
  case EventKind::stalled:
  case EventKind::heartbeat:
    break;
  }
  take_log_line(record, event);
  record.updated = event.time;
  record.last_sequence = event.sequence;
}

} // namespace nightshift
