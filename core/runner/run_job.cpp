// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run_job.hpp"

#include "core/base/text.hpp"
#include "core/runner/active_stage.hpp"
#include "core/runner/stage_check.hpp"
#include "core/runner/stage_services.hpp"
#include "core/runner/tbb_executor.hpp"
#include "core/runner/thread_places.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <random>
#include <utility>

namespace nightshift {
namespace {

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
      services_(services),
      teller_(job, recorder, services),
      clocks_(job.setup.definition->limits) {
  if (!job.work->put_in.empty()) {
    recorder_.hide_with([&put_in = job.work->put_in](std::string text) {
      return without_secrets(std::move(text), put_in);
    });
  }
}

JobRun::~JobRun() = default;

bool JobRun::run(const Gate& gate) {
  name_thread(fmt::format("job {}", recorder_.folder().id));
  recorder_.reserve_space();
  if (const auto refusal = pass(gate)) {
    const bool ended = end(*refusal);
    recorder_.release_space();
    return ended;
  }
  const int first = static_cast<int>(recorder_.record().attempts.size()) + 1;
  for (int attempt = first;; ++attempt) {
    const JobOutcome outcome = try_once(attempt);
    const bool again =
        outcome.transient && attempt - first + 1 < job_.setup.definition->limits.attempts;
    if (!again || !wait_for_retry(outcome, attempt)) {
      quarantine_.reset();
      const bool ended = end(again ? stopped_outcome() : outcome);
      recorder_.release_space();
      return ended;
    }
  }
}

std::optional<JobOutcome> JobRun::pass(const Gate& gate) {
  try {
    auto refusal = gate ? gate(stop_.get_token()) : std::nullopt;
    if (!refusal && stop_.stop_requested()) { // it was, before a gate that opened just then
      throw cancelled_error();
    }
    return refusal;
  } catch (...) { // all of it becomes an outcome, as in try_once
    return outcome_now();
  }
}

JobOutcome JobRun::try_once(int attempt) {
  const CpuShares::Holder share(*services_.shares); // not while it waits
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
  const JobRecorder::Together together(recorder_);
  teller_.attempt(attempt);
  teller_.stages();
  quarantine_ = std::make_unique<Quarantine>(recorder_.folder().quarantine(), system_now);
  {
    const std::scoped_lock lock(mutex_);
    clocks_.begin_attempt(std::chrono::steady_clock::now());
  }
  teller_.status(JobStatus::started, nullptr);
}

void JobRun::run_stages(int attempt) {
  if (job_.setup.definition->delay.count() > 0) {
    run_delay();
  }
  if (job_.setup.deployment && services_.catalogue != nullptr) {
    services_.catalogue->put_deployment(*job_.setup.deployment);
  }
  teller_.opening();
  for (const JobType* type : job_.work->stages) {
    run_stage(*type, attempt);
  }
  teller_.closing();
}

void JobRun::run_delay() {
  const auto delay = job_.setup.definition->delay;
  {
    const std::scoped_lock lock(mutex_);
    stage_ = std::make_unique<ActiveStage>(k_delay_key, 1);
    clocks_.begin_stage(std::chrono::steady_clock::now());
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
  const JobSetup& setup = job_.setup;
  const std::string& key = type.info().key;
  {
    const std::scoped_lock lock(mutex_);
    stage_ = std::make_unique<ActiveStage>(key, type.info().stage_parameters.size(), make_meter());
    clocks_.begin_stage(std::chrono::steady_clock::now());
  }
  const JobInfo info = job_info(setup, recorder_.folder().id, attempt, services_.allow_missing);
  StageLogger log(recorder_, key);
  StageMeter* const meter = stage_->meter();
  WorkMeter* const work = meter != nullptr ? &meter->work() : nullptr;
  RunnerHost host(recorder_, *quarantine_, key, meter);
  const auto cpu = metered(make_tbb_executor(*services_.shares, stop_.get_token()), work);
  const auto io = metered(make_storage_executor(services_.sources->of(job_.work->storage),
                                                *services_.shares, stop_.get_token()),
                          work);
  JobContext context{info,
                     job_.work->parameters,
                     log,
                     stage_->progress(),
                     stop_.get_token(),
                     *cpu,
                     *io,
                     host,
                     job_.work->storage,
                     setup.deployment ? services_.catalogue : nullptr};
  recorder_.emit(EventKind::stage_started, Json::object(), key);
  try {
    const WorkMeter::Scope working(work);
    context.throw_if_stopped();
    type.run(context);
    context.throw_if_stopped();
    check_stage(stage_->progress(), setup.definition->limits);
  } catch (...) { // told here where the stage is known, handled in try_once
    const JobOutcome outcome = outcome_now();
    end_stage(EventKind::stage_failed, outcome.status);
    throw;
  }
  end_stage(EventKind::stage_finished, JobStatus::success);
}

std::unique_ptr<StageMeter> JobRun::make_meter() const {
  return services_.profile ? std::make_unique<StageMeter>(services_.alone) : nullptr;
}

// With the lock held while telling, so that no progress is told after the end.
void JobRun::end_stage(EventKind kind, JobStatus status) {
  const std::scoped_lock lock(mutex_);
  tell_stage_end(kind, status);
  stage_.reset();
  clocks_.end_stage();
}

void JobRun::tell_stage_end(EventKind kind, JobStatus status) {
  Json attributes = stage_->end(services_.alone);
  attributes["status"] = to_string(status);
  recorder_.emit(kind, std::move(attributes), stage_->key());
}

bool JobRun::end(const JobOutcome& outcome) {
  const std::scoped_lock lock(mutex_);
  if (ended_) {
    return false;
  }
  ended_ = true;
  teller_.end(outcome);
  return true;
}

bool JobRun::is_overdue() const {
  const std::scoped_lock lock(mutex_);
  return stopped_ && std::chrono::steady_clock::now() - *stopped_ >= services_.grace;
}

bool JobRun::abandon() {
  const std::scoped_lock lock(mutex_);
  if (ended_) {
    return false;
  }
  ended_ = true;
  const JobOutcome outcome =
      stop_reason_ == StopReason::cancelled
          ? cancelled_outcome(cancel_text_)
          : outcome_of_abandonment(stop_reason_, stage_ ? stage_->key() : std::string(),
                                   services_.grace);
  if (stage_) { // not taken away: its thread still counts on it
    tell_stage_end(EventKind::stage_failed, outcome.status);
  }
  teller_.end(outcome);
  recorder_.release_space();
  recorder_.seal();
  return true;
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
  return outcome_of_stop(stop_reason(), job_.setup.definition->limits, recorder_.failure());
}

bool JobRun::wait_for_retry(const JobOutcome& outcome, int attempt) {
  std::mt19937_64 random(std::random_device{}());
  const auto delay = retry_delay(services_.retry, attempt, outcome.retry_after, random);
  {
    const std::scoped_lock lock(mutex_);
    clocks_.end_attempt();
    if (ended_) {
      return false;
    }
    teller_.retry(outcome, attempt + 1, delay);
  }
  return wait(delay, stop_.get_token());
}

void JobRun::cancel(const CancelRequest& request) {
  {
    const std::scoped_lock lock(mutex_);
    if (ended_ || stop_reason_ != StopReason::none) {
      return;
    }
    cancel_text_ = to_text(request);
    teller_.status(JobStatus::canceling, nullptr);
  }
  stop(StopReason::cancelled);
}

void JobRun::stop(StopReason reason) {
  {
    const std::scoped_lock lock(mutex_);
    if (stop_reason_ != StopReason::none) {
      return;
    }
    stop_reason_ = reason;
    stopped_ = std::chrono::steady_clock::now();
    if (!ended_) {
      teller_.stopping(reason);
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
  beat();
  recorder_.write_if_due();
  if (recorder_.failure()) {
    stop(StopReason::unrecorded);
  }
  Alarm alarm = Alarm::none;
  {
    const std::scoped_lock lock(mutex_);
    alarm = clocks_.look(std::chrono::steady_clock::now(), stage_ ? stage_->state() : 0);
  }
  heed(alarm);
}

void JobRun::heed(Alarm alarm) {
  switch (alarm) {
  case Alarm::none:
    return;
  case Alarm::timeout:
    stop(StopReason::timeout);
    return;
  case Alarm::stage_timeout:
    stop(StopReason::stage_timeout);
    return;
  case Alarm::stalled:
    break;
  }
  {
    const std::scoped_lock lock(mutex_);
    if (stage_ && !ended_) {
      teller_.stalled(stage_->key(), thread_places());
    }
  }
  if (job_.setup.definition->limits.cancel_stalled) {
    stop(StopReason::stalled);
  }
}

// Where no stage tells of itself, as while the job waits for another attempt.
void JobRun::beat() {
  const std::scoped_lock lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (stage_ || ended_) {
    beat_ = now;
  } else if (now - beat_ >= k_heartbeat_interval) {
    beat_ = now;
    recorder_.emit(EventKind::heartbeat);
  }
}

void JobRun::emit_progress() {
  const std::scoped_lock lock(mutex_);
  if (stage_ && stage_->take_turn_to_tell()) {
    recorder_.emit(EventKind::progress, stage_->progress_now(), stage_->key());
  }
}

} // namespace nightshift
