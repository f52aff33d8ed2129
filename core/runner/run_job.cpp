// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run_job.hpp"

#include "core/base/hash.hpp"
#include "core/base/text.hpp"
#include "core/runner/active_stage.hpp"
#include "core/runner/environment.hpp"
#include "core/runner/stage_services.hpp"
#include "core/runner/tbb_executor.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <condition_variable>
#include <random>
#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_delay_key = "delay";

// Wait for `duration`; false if a stop came first.
bool wait(std::chrono::milliseconds duration, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  return !wake.wait_for(lock, stop, duration, [&] { return stop.stop_requested(); });
}

} // namespace

JobRun::JobRun(const PlannedJob& job, JobRecorder& recorder, const RunServices& services)
    : job_(job),
      recorder_(recorder),
      services_(services) {
  if (!job.setup.put_in.empty()) {
    recorder_.hide_with([&put_in = job.setup.put_in](std::string text) {
      return without_secrets(std::move(text), put_in);
    });
  }
}

JobRun::~JobRun() = default;

void JobRun::run(const Gate& gate) {
  recorder_.reserve_space();
  if (const auto refusal = pass(gate)) {
    end(*refusal);
    recorder_.release_space();
    return;
  }
  const int first = static_cast<int>(recorder_.record().attempts.size()) + 1;
  for (int attempt = first;; ++attempt) {
    const JobOutcome outcome = try_once(attempt);
    const bool again =
        outcome.transient && attempt - first + 1 < job_.setup.definition.limits.attempts;
    if (!again || !wait_for_retry(outcome, attempt)) {
      end(again ? stopped_outcome() : outcome);
      break;
    }
  }
  recorder_.release_space();
}

std::optional<JobOutcome> JobRun::pass(const Gate& gate) {
  try {
    return gate ? gate(stop_.get_token()) : std::nullopt;
  } catch (...) { // all of it becomes an outcome, as in try_once
    return outcome_now();
  }
}

JobOutcome JobRun::try_once(int attempt) {
  try {
    begin_attempt(attempt);
    run_stages(attempt);
    JobOutcome outcome;
    if (recorder_.record().total(Counter::failed) > 0) {
      outcome.reason = "partial";
    }
    return outcome;
  } catch (...) { // a plugin may throw anything; all of it becomes an outcome
    return outcome_now();
  }
}

void JobRun::begin_attempt(int attempt) {
  Json plugins = Json::array();
  for (const JobType* type : job_.stages) {
    const PluginInfo* plugin =
        services_.registry != nullptr ? services_.registry->plugin_of(type->info().key) : nullptr;
    if (plugin != nullptr) {
      plugins.push_back({{"stage", type->info().key},
                         {"name", plugin->name},
                         {"version", plugin->version},
                         {"sha256", plugin->sha256}});
    }
  }
  recorder_.emit(EventKind::job_attempt,
                 {{"attempt", attempt},
                  {"run", services_.run},
                  {"host", host_name()},
                  {"pid", process_id()},
                  {"threads", {{"n", services_.cpu.threads}, {"source", services_.cpu.source}}},
                  {"scheduler", scheduler_facts()},
                  {"plugins", std::move(plugins)},
                  {"definition_sha256", sha256(to_line(to_json(job_.setup)))}});
  recorder_.emit(EventKind::job_status, {{"status", to_string(JobStatus::pending)}});
  recorder_.log(Severity::info, fmt::format("Running {} (PENDING)", job_text()));
  add_stages();
  if (const auto timeout = job_.setup.definition.limits.timeout) {
    const std::scoped_lock lock(mutex_);
    deadline_ = std::chrono::steady_clock::now() + *timeout;
  }
  change_status(JobStatus::started, Severity::info, nullptr);
}

void JobRun::add_stages() {
  const auto delay = job_.setup.definition.delay;
  if (delay.count() > 0) {
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(delay).count();
    recorder_.emit(EventKind::stage_added,
                   {{"name", "Delay"},
                    {"parameters",
                     Json::array({{{"name", "Delay"}, {"key", k_delay_key}, {"value", seconds}}})}},
                   k_delay_key);
  }
  for (const JobType* type : job_.stages) {
    Json parameters = Json::array();
    for (const std::string& name : type->info().stage_parameters) {
      parameters.push_back({{"name", name}, {"key", key_from_name(name)}, {"value", 0}});
    }
    recorder_.emit(EventKind::stage_added,
                   {{"name", type->info().name}, {"parameters", std::move(parameters)}},
                   type->info().key);
  }
}

void JobRun::run_stages(int attempt) {
  const JobTypeInfo& info = job_.type->info();
  if (job_.setup.definition.delay.count() > 0) {
    run_delay();
  }
  if (job_.setup.definition.deployment && services_.catalogue != nullptr) {
    services_.catalogue->put_deployment(*job_.setup.definition.deployment);
  }
  if (!info.opening.empty()) {
    recorder_.log(Severity::info, expand(info.opening), info.key);
  }
  for (const JobType* type : job_.stages) {
    run_stage(*type, attempt);
  }
  if (!info.closing.empty()) {
    recorder_.log(Severity::info, expand(info.closing), info.key);
  }
}

void JobRun::run_delay() {
  const auto delay = job_.setup.definition.delay;
  {
    const std::scoped_lock lock(mutex_);
    stage_ = std::make_unique<ActiveStage>(k_delay_key, 1);
  }
  StageProgress& progress = stage_->progress();
  progress.set_parameter(0, std::chrono::ceil<std::chrono::seconds>(delay).count());
  progress.set_total(delay.count());
  recorder_.emit(EventKind::stage_started, Json::object(), k_delay_key);
  constexpr std::chrono::milliseconds k_step{200};
  for (std::chrono::milliseconds waited{0}; waited < delay; waited += k_step) {
    if (!wait(std::min(k_step, delay - waited), stop_.get_token())) {
      end_stage(EventKind::stage_failed, JobStatus::revoked);
      throw cancelled_error();
    }
    progress.set_done(std::min(waited + k_step, delay).count());
  }
  end_stage(EventKind::stage_finished, JobStatus::success);
}

void JobRun::run_stage(const JobType& type, int attempt) {
  const JobDefinition& definition = job_.setup.definition;
  const std::string& key = type.info().key;
  {
    const std::scoped_lock lock(mutex_);
    stage_ = std::make_unique<ActiveStage>(key, type.info().stage_parameters.size());
  }
  const JobInfo info{recorder_.folder().id, definition.name,        attempt,
                     definition.deployment, definition.limit,       definition.shuffle,
                     job_.setup.seed,       services_.allow_missing};
  StageLogger log(recorder_, key);
  RunnerHost host(recorder_, key);
  const auto cpu = make_tbb_executor(services_.cpu.threads, stop_.get_token());
  const auto io = make_tbb_executor(services_.io_threads, stop_.get_token());
  JobContext context{info,
                     job_.parameters,
                     log,
                     stage_->progress(),
                     stop_.get_token(),
                     *cpu,
                     *io,
                     host,
                     job_.storage,
                     definition.deployment ? services_.catalogue : nullptr};
  recorder_.emit(EventKind::stage_started, Json::object(), key);
  try {
    context.throw_if_stopped();
    type.run(context);
    context.throw_if_stopped();
    check_stage(stage_->progress());
  } catch (...) { // told here where the stage is known, handled in try_once
    const JobOutcome outcome = outcome_now();
    end_stage(EventKind::stage_failed, outcome.status);
    throw;
  }
  end_stage(EventKind::stage_finished, JobStatus::success);
}

void JobRun::check_stage(const StageProgress& progress) const {
  const std::int64_t listed = progress.get(Counter::listed);
  constexpr std::array k_parts{Counter::added, Counter::changed, Counter::unchanged,
                               Counter::skipped, Counter::failed};
  std::int64_t sum = 0;
  std::string parts;
  for (const Counter part : k_parts) {
    sum += progress.get(part);
    parts +=
        fmt::format("{}{} {}", parts.empty() ? "" : " + ", progress.get(part), to_string(part));
  }
  if (listed != sum) {
    throw permanent_error(
        error_code::k_not_reconciled,
        fmt::format("{} objects were listed, but {} were accounted for ({}); this "
                    "is a defect, please report it",
                    listed, sum, parts));
  }
  const auto max_failed = job_.setup.definition.limits.max_failed;
  const std::int64_t failed = progress.get(Counter::failed);
  if (max_failed && static_cast<double>(failed) > *max_failed * static_cast<double>(listed)) {
    throw permanent_error("too_many_failed",
                          fmt::format("{} of {} objects failed, more than max_failed allows ({}%)",
                                      grouped(failed), grouped(listed), *max_failed * 100));
  }
}

// With the lock held while telling, so that no progress is told after the end.
void JobRun::end_stage(EventKind kind, JobStatus status) {
  const std::scoped_lock lock(mutex_);
  Json attributes = stage_->end(services_.alone);
  attributes["status"] = to_string(status);
  recorder_.emit(kind, std::move(attributes), stage_->key());
  stage_.reset();
}

void JobRun::end(const JobOutcome& outcome) {
  const std::scoped_lock lock(mutex_);
  ended_ = true;
  if (outcome.error && outcome.status == JobStatus::failure) {
    recorder_.log(Severity::error, outcome.error->message);
  } else if (outcome.error) {
    recorder_.log(Severity::warning, outcome.error->message);
  }
  change_status(outcome.status, Severity::info, &outcome);
  recorder_.log(Severity::info,
                fmt::format("Finished {} ({})", job_text(), to_string(outcome.status)));
}

void JobRun::change_status(JobStatus status, Severity severity, const JobOutcome* outcome) {
  Json attributes{{"status", to_string(status)}};
  if (outcome != nullptr && !outcome->reason.empty()) {
    attributes["reason"] = outcome->reason;
  }
  if (outcome != nullptr && outcome->error) {
    attributes["error"] = {{"class", outcome->error->error_class},
                           {"code", outcome->error->code},
                           {"message", outcome->error->message}};
  }
  recorder_.emit_logged(
      EventKind::job_status, severity,
      fmt::format("Changing status of job {} to {}", recorder_.folder().id, to_string(status)),
      std::move(attributes), {});
}

JobOutcome JobRun::outcome_now() const {
  JobOutcome outcome = outcome_of_current_exception();
  return outcome.cancelled ? stopped_outcome() : outcome;
}

JobOutcome JobRun::stopped_outcome() const {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_reason_ == StopReason::cancelled) {
      return cancelled_outcome(cancel_text_);
    }
  }
  return outcome_of_stop(stop_reason(), job_.setup.definition.limits, recorder_.failure());
}

bool JobRun::wait_for_retry(const JobOutcome& outcome, int attempt) {
  std::mt19937_64 random(std::random_device{}());
  const auto delay = retry_delay(services_.retry, attempt, outcome.retry_after, random);
  recorder_.log(Severity::warning, outcome.error->message);
  change_status(JobStatus::retry, Severity::info, &outcome);
  recorder_.emit_logged(
      EventKind::retry, Severity::warning,
      fmt::format("Trying again in {:.1f} s (attempt {} of {})",
                  std::chrono::duration<double>(delay).count(), attempt + 1,
                  job_.setup.definition.limits.attempts),
      {{"attempt", attempt + 1}, {"delay_s", std::chrono::duration<double>(delay).count()}}, {});
  return wait(delay, stop_.get_token());
}

void JobRun::cancel(const CancelRequest& request) {
  {
    const std::scoped_lock lock(mutex_);
    if (ended_ || stop_reason_ != StopReason::none) {
      return;
    }
    cancel_text_ = to_text(request);
    change_status(JobStatus::canceling, Severity::info, nullptr);
  }
  stop(StopReason::cancelled);
}

void JobRun::stop(StopReason reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_reason_ == StopReason::none) {
      stop_reason_ = reason;
    }
  }
  stop_.request_stop();
}

StopReason JobRun::stop_reason() const {
  const std::scoped_lock lock(mutex_);
  return stop_reason_;
}

void JobRun::tick() {
  emit_progress();
  recorder_.write_if_due();
  if (recorder_.failure()) {
    stop(StopReason::unrecorded);
  }
  bool late = false;
  {
    const std::scoped_lock lock(mutex_);
    late = deadline_ && std::chrono::steady_clock::now() >= *deadline_;
  }
  if (late) {
    stop(StopReason::timeout);
  }
}

void JobRun::emit_progress() {
  const std::scoped_lock lock(mutex_);
  if (stage_ && stage_->take_turn_to_tell()) {
    recorder_.emit(EventKind::progress, stage_->progress_now(), stage_->key());
  }
}

std::string JobRun::job_text() const {
  return fmt::format("job #{} \"{}\"", recorder_.folder().id, job_.setup.definition.name);
}

std::string JobRun::expand(const std::string& text) const {
  const JobDefinition& definition = job_.setup.definition;
  std::string expanded = text;
  const auto replace = [&expanded](std::string_view placeholder, const std::string& value) {
    for (auto at = expanded.find(placeholder); at != std::string::npos;
         at = expanded.find(placeholder, at + value.size())) {
      expanded.replace(at, placeholder.size(), value);
    }
  };
  replace("{job.name}", definition.name);
  if (definition.deployment) {
    replace("{deployment.id}", std::to_string(definition.deployment->id));
    replace("{deployment.name}", definition.deployment->name);
  }
  return expanded;
}

} // namespace nightshift
