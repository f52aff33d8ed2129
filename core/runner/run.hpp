// SPDX-License-Identifier: Apache-2.0
//
// The commands of the runner, as a library: create jobs, start them, or both; what `app` calls.

#pragma once

#include "core/config/job_file.hpp"
#include "core/record/event.hpp"
#include "core/record/report.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/exit_code.hpp"
#include "core/runner/given_params.hpp"
#include "core/runner/overlap.hpp"
#include "core/runner/plan.hpp"

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// Which jobs of a job file, and where things are.
struct JobFileOptions {
  std::filesystem::path job_file;
  JobFileOverrides overrides;
  std::vector<std::string> only;         // definition or job names; empty: all
  std::vector<std::int64_t> deployments; // ids; empty: all
  std::vector<GivenParam> params;        // in the place of the file's
  std::optional<std::filesystem::path> state_dir;
};

class Ping;

struct RunOutcome {
  ExitCode exit_code = ExitCode::ok;
  RunReport report;
  std::filesystem::path report_file;
  std::filesystem::path state_dir;
};

struct RunOptions {
  std::optional<int> threads;
  std::optional<int> jobs; // at most so many at once
  Overlap overlap{};       // for a deployment that another run is writing
  bool allow_missing = false;
  bool fail_on_partial = false;
  bool profile = false;              // measure where the time goes, for the report
  EventListener* listener = nullptr; // borrowed; may be null
  Ping* ping = nullptr; // borrowed; may be null: takes the job file's own URL, if it has none yet

  // For a stage to end once it is asked to; after that it is left behind, and so is the program
  // when the other jobs have ended: what there is to say of the outcome is then said here, since
  // the call that runs the jobs never returns.
  std::chrono::milliseconds grace{20'000};
  std::function<void(const RunOutcome&)> last_words;

  // Each job in a process of its own, which also looks for plugins in `plugin_folders`.
  bool isolate = false;
  std::vector<std::filesystem::path> plugin_folders;

  // In such a process: the run that it does a job of, and that run's process.
  struct Parent {
    std::string run;
    std::int64_t process = 0;
  };

  std::optional<Parent> parent;

  std::optional<std::chrono::steady_clock::time_point> stop_at; // as USR1 does
};

// A job file, read and planned.
struct PlannedFile {
  StateDir state_dir;
  Plan plan;
  std::string sha256; // of the job file
};

// What a job file comes to, with nothing written. Throws `JobFileError`, `PlanError`, `JobError`.
[[nodiscard]] PlannedFile plan_job_file(const JobFileOptions& options, PluginRegistry& registry,
                                        PlanFor purpose = PlanFor::run);

// Record the jobs of a job file as CREATED; their ids. Throws as `plan_job_file` does.
[[nodiscard]] std::vector<std::int64_t> create_jobs(const JobFileOptions& options,
                                                    PluginRegistry& registry);

// Create the jobs of a job file and run them to their ends. Throws as `plan_job_file` does, as long
// as nothing was begun; what happens to a job after that is in its record.
[[nodiscard]] RunOutcome run_job_file(const JobFileOptions& options, const RunOptions& run,
                                      PluginRegistry& registry);

// Run jobs that were created, from their recorded definitions, each once however often it is named.
// Throws `JobError` if one does not exist or is not CREATED, `PlanError`.
[[nodiscard]] RunOutcome start_jobs(const std::vector<std::int64_t>& ids,
                                    const std::optional<std::filesystem::path>& state_dir,
                                    const RunOptions& run, PluginRegistry& registry);

// Run jobs that have ended once more, from their recorded definitions: an attempt more of each,
// however often it is named. Throws `JobError` if one does not exist or has not ended, `PlanError`.
[[nodiscard]] RunOutcome retry_jobs(const std::vector<std::int64_t>& ids,
                                    const std::optional<std::filesystem::path>& state_dir,
                                    const RunOptions& run, PluginRegistry& registry);

} // namespace nightshift
