// SPDX-License-Identifier: Apache-2.0

#include "core/runner/run_jobs.hpp"

#include "core/base/cpu_budget.hpp"
#include "core/record/job_owner.hpp"
#include "core/runner/cancel_watch.hpp"
#include "core/runner/deployment_turn.hpp"
#include "core/runner/isolated_job.hpp"
#include "core/runner/plan_graph.hpp"
#include "core/runner/retry_job.hpp"
#include "core/runner/run_folder.hpp"
#include "core/runner/run_job.hpp"
#include "core/runner/running_jobs.hpp"
#include "core/runner/tbb_executor.hpp"
#include "core/runner/thread_plan.hpp"
#include "core/runner/ticker.hpp"
#include "core/runner/version.hpp"

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <utility>

namespace nightshift {
namespace {

constexpr std::chrono::milliseconds k_tick{100};
constexpr std::chrono::seconds k_flush_interval{1};

class Run {
 public:
  Run(const Plan& plan, const std::vector<std::int64_t>& ids, const RunOptions& options,
      RunServices services, const RunWorld& world)
      : world_(world),
        plan_(plan),
        ids_(ids),
        options_(options),
        services_(std::move(services)),
        interrupts_(world.interrupts),
        graph_(make_plan_graph(plan, PlanFor::run)),
        jobs_(ids.size()) {}

  void run(int parallel) {
    parallel_ = parallel;
    ticker_.emplace(k_tick, [this] { tick(); });
    if (services_.catalogue != nullptr) { // not by the ticker: a stage left behind may keep it busy
      flusher_.emplace(k_flush_interval, [this] { flush_catalogue(); });
    }
    for (const PlannedJob& job : plan_.jobs) {
      source_shares_.emplace_back(std::in_place, services_.sources->of(job.work->storage));
    }
    graph_.run(
        parallel,
        [this](std::size_t index) {
          const bool succeeded = run_one(index);
          source_shares_[index].reset();
          return succeeded;
        },
        [this](std::size_t index) {
          leave_out(index);
          source_shares_[index].reset();
        });
    ticker_.reset(); // before anybody takes what it writes to
    if (!gave_up_any()) {
      flusher_.reset();
    }
  }

  // Whether threads are left behind that use what a return would destroy.
  [[nodiscard]] bool gave_up_any() const { return graph_.gave_up_any(); }

  [[nodiscard]] std::vector<ReportedJob> take_jobs() {
    const std::scoped_lock lock(mutex_);
    return std::move(jobs_);
  }

  [[nodiscard]] ExitCode exit_code() {
    const std::scoped_lock lock(mutex_);
    const ExitCode by_signal = interrupts_.exit_code();
    ExitCode exit = by_signal;
    for (const ReportedJob& job : jobs_) {
      if (job.status == JobStatus::revoked && by_signal != ExitCode::ok) {
        continue; // that is the signal's doing
      }
      exit = more_severe(exit, exit_code_of(job));
      if (job.status == JobStatus::success && job.reason == "partial" && options_.fail_on_partial) {
        exit = more_severe(exit, ExitCode::partial);
      }
    }
    return more_severe(exit, unrecorded_exit_);
  }

 private:
  // The job is reached by signals, the clock and requests while this lives.
  class Registration {
   public:
    Registration(Run& run, std::size_t index, RunningJob& job) : run_(run), index_(index) {
      run_.running_.add(index_, job);
    }

    Registration(const Registration&) = delete;
    Registration& operator=(const Registration&) = delete;

    ~Registration() {
      run_.cancels_.remove(run_.ids_[index_]);
      run_.running_.remove(index_);
    }

   private:
    Run& run_;
    const std::size_t index_;
  };

  bool run_one(std::size_t index) {
    if (running_.stop_reason() != StopReason::none) {
      leave_out(index);
      return false;
    }
    try {
      if (options_.isolate) {
        return run_isolated(index);
      }
      JobOwner owner = own(index);
      JobRecorder recorder(folder(index), system_now, options_.listener);
      if (is_to_begin(recorder) && !run_owned(index, recorder)) {
        return false; // somebody else told its end, and the run may be over
      }
      keep(index, recorder);
      finish(owner, recorder);
    } catch (const JobError& error) { // the journal cannot be opened: nothing ran
      keep_unrecorded(index, error);
    }
    const std::scoped_lock lock(mutex_);
    return jobs_[index].status == JobStatus::success;
  }

  // The process that does it is the job's owner.
  bool run_isolated(std::size_t index) {
    IsolatedJob job(folder(index),
                    {world_.again ? "retry" : "start", world_.state_dir.path(),
                     std::max(services_.cpu.threads / parallel_, 1)},
                    services_, options_);
    const Registration registration(*this, index, job);
    const JobRecord record = job.run();
    keep(index, record, std::nullopt);
    return record.status == JobStatus::success;
  }

  [[nodiscard]] JobFolder folder(std::size_t index) const {
    return world_.state_dir.job_folder(ids_[index]);
  }

  // From here on only this process writes to the job's files.
  [[nodiscard]] JobOwner own(std::size_t index) const {
    auto owner = JobOwner::take(folder(index), services_.run);
    if (!owner) {
      throw busy_job_error(folder(index));
    }
    return std::move(*owner);
  }

  // What cannot be told of the job's end is left for the next one who looks.
  static void finish(JobOwner& owner, JobRecorder& recorder) {
    recorder.write_rest(); // nobody looks after what would be left half written later
    if (!recorder.failure()) {
      owner.finish();
    }
  }

  // Somebody may have cancelled it, or run it, since it was planned.
  [[nodiscard]] bool is_to_begin(const JobRecorder& recorder) const {
    const JobStatus status = recorder.record().status;
    return world_.again ? is_final(status) : status == JobStatus::created;
  }

  // False if the job was abandoned meanwhile.
  bool run_owned(std::size_t index, JobRecorder& recorder) {
    if (world_.again) {
      begin_again(recorder);
    }
    JobRun job(plan_.jobs[index], recorder, services_);
    const Registration registration(*this, index, job);
    cancels_.add(folder(index), [&job](const CancelRequest& request) { job.cancel(request); });
    std::optional<DeploymentTurn> turn;
    return job.run(
        [&](const std::stop_token& stop) { return wait_for_turn(index, turn, recorder, stop); });
  }

  [[nodiscard]] std::optional<JobOutcome> wait_for_turn(std::size_t index,
                                                        std::optional<DeploymentTurn>& turn,
                                                        JobRecorder& recorder,
                                                        const std::stop_token& stop) {
    const auto& deployment = plan_.jobs[index].setup.deployment;
    if (!deployment || services_.locks.empty()) {
      return std::nullopt;
    }
    turn.emplace(services_.locks, deployment->id,
                 OwnerFacts{own_process(), services_.run, ids_[index],
                            world_.state_dir.path().string(), TimePoint{}});
    return turn->take(services_.overlap, recorder, stop, [this](std::int64_t job) {
      const std::scoped_lock lock(mutex_);
      return left_behind_.contains(job);
    });
  }

  // Whether what the job needs was only skipped: then it is skipped as well.
  [[nodiscard]] bool needs_skipped(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    const std::vector<std::size_t>& needs = plan_.jobs[index].needs;
    return std::all_of(needs.begin(), needs.end(), [&](std::size_t need) {
      const ReportedJob& job = jobs_[need];
      return job.status == JobStatus::success || was_skipped(job);
    });
  }

  // A job that is not begun: the run was stopped, or a job that it needs did not succeed.
  void leave_out(std::size_t index) {
    const StopReason stop = running_.stop_reason();
    const bool skipped = stop == StopReason::none && needs_skipped(index);
    const char* const reason = skipped                          ? "overlap"
                               : stop == StopReason::none       ? "needs"
                               : stop == StopReason::checkpoint ? "checkpoint"
                                                                : "interrupted";
    const char* const why = skipped ? "a job that this one needs was skipped"
                            : stop == StopReason::none
                                ? "a job that this one needs did not succeed"
                                : "the run was stopped before this job began";
    try {
      JobOwner owner = own(index);
      JobRecorder recorder(folder(index), system_now, options_.listener);
      if (recorder.record().status == JobStatus::created) {
        recorder.log(Severity::warning, why);
        recorder.emit(EventKind::job_status,
                      {{"status", to_string(JobStatus::revoked)},
                       {"reason", reason},
                       {"run", services_.run},
                       {"error", {{"class", "cancelled"}, {"code", reason}, {"message", why}}}});
      }
      keep(index, recorder);
      finish(owner, recorder);
    } catch (const JobError& error) {
      keep_unrecorded(index, error);
    }
  }

  void keep(std::size_t index, const JobRecorder& recorder) {
    keep(index, recorder.record(), recorder.failure());
  }

  void keep(std::size_t index, const JobRecord& record, const std::optional<JobError>& failure) {
    ReportedJob job = reported(record);
    const std::scoped_lock lock(mutex_);
    if (failure) {
      unrecorded_exit_ = more_severe(unrecorded_exit_, exit_code_of(*failure));
    }
    jobs_[index] = std::move(job);
  }

  void keep_unrecorded(std::size_t index, const JobError& error) {
    const std::scoped_lock lock(mutex_);
    unrecorded_exit_ = more_severe(unrecorded_exit_, exit_code_of(error));
    ReportedJob& job = jobs_[index];
    job.id = ids_[index];
    job.name = plan_.jobs[index].setup.name;
    job.status = JobStatus::failure;
    job.reason = error.code();
    job.error =
        ErrorRecord{std::string(to_string(error.error_class())), error.code(), error.what()};
  }

  void tick() {
    if (options_.stop_at && std::chrono::steady_clock::now() >= *options_.stop_at &&
        interrupts_.demand() == Demand::none) {
      interrupts_.checkpoint();
    }
    if (interrupts_.demand() != Demand::none && running_.stop_reason() == StopReason::none) {
      running_.stop(interrupts_.reason());
    }
    running_.tick();
    const bool abort = interrupts_.demand() == Demand::abort;
    for (const std::size_t index : abort ? running_.abandon_all() : running_.abandon_overdue()) {
      try {
        keep(index, read_job_record(folder(index)), std::nullopt);
      } catch (const JobError& error) {
        keep_unrecorded(index, error);
      }
      note_left_behind(index);
      graph_.give_up(index);
    }
  }

  void note_left_behind(std::size_t index) {
    const std::scoped_lock lock(mutex_);
    left_behind_.insert(ids_[index]);
  }

  void flush_catalogue() const {
    try {
      services_.catalogue->flush();
    } catch (const JobError&) {
      // The merges that wrote it fail as well, and tell.
    }
  }

  const RunWorld& world_;
  const Plan& plan_;
  const std::vector<std::int64_t>& ids_;
  const RunOptions& options_;
  const RunServices services_;
  Interrupts& interrupts_;
  int parallel_ = 1;
  std::deque<std::optional<CpuShares::Holder>> source_shares_; // of jobs that have not ended
  RunningJobs running_;
  CancelWatch cancels_;
  JobGraph graph_;
  std::mutex mutex_; // of what follows
  std::vector<ReportedJob> jobs_;
  std::set<std::int64_t> left_behind_; // ids of jobs whose threads may still be at work
  ExitCode unrecorded_exit_ = ExitCode::ok;
  std::optional<Ticker> ticker_; // last: they use the others
  std::optional<Ticker> flusher_;
};

RunOutcome outcome_of(Run& run, RunReport report, bool with_profile) {
  RunOutcome outcome;
  outcome.exit_code = run.exit_code();
  report.finished = system_now();
  report.exit_code = static_cast<int>(outcome.exit_code);
  report.exit_name = to_string(outcome.exit_code);
  report.jobs = run.take_jobs();
  report.resources = own_resource_use();
  if (with_profile) {
    report.profile = own_profile();
  }
  outcome.report = std::move(report);
  return outcome;
}

// End the process, since threads are left behind that use what a return would destroy.
[[noreturn]] void leave(const RunOptions& options, const RunOutcome& outcome) {
  ExitCode exit = outcome.exit_code;
  try {
    if (options.last_words) {
      options.last_words(outcome);
    }
  } catch (const JobError& error) { // it cannot be printed
    exit = more_severe(exit, exit_code_of(error));
  }
  _exit(static_cast<int>(exit));
}

} // namespace

RunOutcome run_jobs(const RunWorld& world, const Plan& plan, const std::vector<std::int64_t>& ids,
                    const RunOptions& options, RunReport report) {
  report.started = system_now();
  report.version = std::string(k_version);
  const ThreadPlan threads = plan_threads(options.jobs, options.threads, plan.jobs.size());
  CpuShares shares(threads.cpu.threads);
  SourceShares sources(threads.io, threads.jobs);
  const ThreadBudget budget(threads.most());
  std::optional<RunFolder> folder;
  if (!options.parent) {
    folder.emplace(world.state_dir, report.started);
  }
  report.run = folder ? folder->run() : options.parent->run;

  RunServices services;
  services.run = report.run;
  services.registry = &world.registry;
  services.catalogue = world.catalogue;
  services.locks = world.locks;
  services.overlap = options.overlap;
  services.cpu = threads.cpu;
  services.shares = &shares;
  services.sources = &sources;
  services.allow_missing = options.allow_missing;
  services.profile = options.profile;
  services.alone = threads.jobs == 1;
  services.grace = options.grace;
  Run run(plan, ids, options, std::move(services), world);
  run.run(threads.jobs);

  report.threads = threads.cpu.threads;
  report.threads_source = threads.cpu.source;
  RunOutcome outcome = outcome_of(run, std::move(report), options.profile);
  outcome.state_dir = world.state_dir.path();
  try {
    if (folder) {
      outcome.report_file = folder->report();
      folder->write(outcome.report);
    }
  } catch (const JobError& error) {
    if (!run.gave_up_any()) {
      throw;
    }
    outcome.exit_code = more_severe(outcome.exit_code, exit_code_of(error));
  }
  if (run.gave_up_any()) {
    leave(options, outcome);
  }
  return outcome;
}

} // namespace nightshift
