// SPDX-License-Identifier: Apache-2.0
//
// One job from its start to a final status: its stages one after another, each with a context of
// its own; attempts, where an error may pass; and an end that is told whatever happens.

#pragma once

#include "core/record/cancel_request.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/quarantine.hpp"
#include "core/runner/active_stage.hpp"
#include "core/runner/job_clocks.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/job_teller.hpp"
#include "core/runner/plan.hpp"
#include "core/runner/run_services.hpp"
#include "core/runner/running_jobs.hpp"

#include <nightshift/progress.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

namespace nightshift {

class JobRun final : public RunningJob {
 public:
  // All arguments are borrowed.
  JobRun(const PlannedJob& job, JobRecorder& recorder, const RunServices& services);
  ~JobRun() override;

  // What has to be waited for before the job begins: nothing, or how it ends without having begun.
  // May throw, as a stage may.
  using Gate = std::function<std::optional<JobOutcome>(const std::stop_token&)>;

  // Run to a final status, which is in the record then. Never throws what a stage throws. False if
  // the job was abandoned meanwhile. Once.
  bool run(const Gate& gate = {});

  // Have the job stop soon because somebody asked for it; CANCELING at once. Nothing happens if it
  // is stopping already. Any thread.
  void cancel(const CancelRequest& request);

  void stop(StopReason reason) override;

  void tick() override;

  [[nodiscard]] bool is_overdue() const override;

  bool abandon() override;

  [[nodiscard]] StopReason stop_reason() const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  [[nodiscard]] std::optional<JobOutcome> pass(const Gate& gate);
  JobOutcome try_once(int attempt);
  void begin_attempt(int attempt);
  void run_stages(int attempt);
  void run_delay();
  void run_stage(const JobType& type, int attempt);
  [[nodiscard]] std::unique_ptr<StageMeter> make_meter() const;
  void end_stage(EventKind kind, JobStatus status);
  void tell_stage_end(EventKind kind, JobStatus status);
  void emit_progress();
  void heed(Alarm alarm);
  void beat();
  bool end(const JobOutcome& outcome);
  [[nodiscard]] JobOutcome outcome_now() const;
  [[nodiscard]] JobOutcome stopped_outcome() const;
  [[nodiscard]] bool wait_for_retry(const JobOutcome& outcome, int attempt);

  const PlannedJob& job_;
  JobRecorder& recorder_;
  const RunServices& services_;
  const JobTeller teller_;
  std::unique_ptr<Quarantine> quarantine_; // of the attempt
  std::stop_source stop_;
  mutable std::mutex mutex_; // of what follows
  StopReason stop_reason_ = StopReason::none;
  std::string cancel_text_;           // who asked for it, and what for
  std::optional<SteadyTime> stopped_; // when it was asked to
  JobClocks clocks_;
  SteadyTime beat_ = std::chrono::steady_clock::now(); // when it last gave a sign of life
  std::unique_ptr<ActiveStage> stage_;
  bool ended_ = false; // its end was told
};

} // namespace nightshift
