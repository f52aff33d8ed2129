// SPDX-License-Identifier: Apache-2.0
//
// One job from its start to a final status: its stages one after another, each with a context of
// its own; attempts, where an error may pass; and an end that is told whatever happens.

#pragma once

#include "core/base/cpu_budget.hpp"
#include "core/base/retry.hpp"
#include "core/record/cancel_request.hpp"
#include "core/record/job_recorder.hpp"
#include "core/runner/active_stage.hpp"
#include "core/runner/job_outcome.hpp"
#include "core/runner/overlap.hpp"
#include "core/runner/plan.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/progress.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

namespace nightshift {

// What the jobs of a run have in common. Borrowed by each.
struct RunServices {
  std::string run;                          // id
  const PluginRegistry* registry = nullptr; // null: nothing is told of plugins
  Catalogue* catalogue = nullptr;           // null if no job needs one
  CpuBudget cpu;
  int io_threads = 8;
  std::filesystem::path
      locks{}; // folder of the catalogue's deployment locks; "" without a catalogue
  Overlap overlap{};
  bool allow_missing = false;
  bool alone = false; // one job at a time: the process's CPU time is the stage's
  RetryPolicy retry{};
};

class JobRun {
 public:
  // All arguments are borrowed.
  JobRun(const PlannedJob& job, JobRecorder& recorder, const RunServices& services);
  JobRun(const JobRun&) = delete;
  JobRun& operator=(const JobRun&) = delete;
  ~JobRun();

  // What has to be waited for before the job begins: nothing, or how it ends without having begun.
  // May throw, as a stage may.
  using Gate = std::function<std::optional<JobOutcome>(const std::stop_token&)>;

  // Run to a final status, which is in the record then. Never throws what a stage throws. Once.
  void run(const Gate& gate = {});

  // Have the job stop soon because somebody asked for it; CANCELING at once. Nothing happens if it
  // is stopping already. Any thread.
  void cancel(const CancelRequest& request);

  // Have the job stop soon. The first reason counts. Any thread.
  void stop(StopReason reason);

  // Tell progress, keep the heartbeat, watch the timeout. Several times a second, any thread.
  void tick();

  [[nodiscard]] StopReason stop_reason() const;

  [[nodiscard]] JobRecord record() const { return recorder_.record(); }

 private:
  [[nodiscard]] std::optional<JobOutcome> pass(const Gate& gate);
  JobOutcome try_once(int attempt);
  void begin_attempt(int attempt);
  void add_stages();
  void run_stages(int attempt);
  void run_delay();
  void run_stage(const JobType& type, int attempt);
  void check_stage(const StageProgress& progress) const;
  void end_stage(EventKind kind, JobStatus status);
  void emit_progress();
  void end(const JobOutcome& outcome);
  void change_status(JobStatus status, Severity severity, const JobOutcome* outcome);
  [[nodiscard]] JobOutcome outcome_now() const;
  [[nodiscard]] JobOutcome stopped_outcome() const;
  [[nodiscard]] bool wait_for_retry(const JobOutcome& outcome, int attempt);
  [[nodiscard]] std::string expand(const std::string& text) const;
  [[nodiscard]] std::string job_text() const;

  const PlannedJob& job_;
  JobRecorder& recorder_;
  const RunServices& services_;
  std::stop_source stop_;
  mutable std::mutex mutex_; // of what follows
  StopReason stop_reason_ = StopReason::none;
  std::string cancel_text_; // who asked for it, and what for
  bool ended_ = false;      // its end was told
  std::optional<std::chrono::steady_clock::time_point> deadline_;
  std::unique_ptr<ActiveStage> stage_;
};

} // namespace nightshift
