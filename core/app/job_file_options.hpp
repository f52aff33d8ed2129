// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/app/command.hpp"
#include "core/runner/run.hpp"
#include "core/runner/time_limit.hpp"

#include <string>
#include <vector>

namespace nightshift {

// What a command that takes a job file takes with it.
struct JobFileArguments {
  PluginOptions plugins;
  StateOptions state;
  std::string job_file;
  std::vector<std::string> set;
  std::vector<std::string> only;
  std::vector<std::int64_t> deployments;
  std::string verify; // "": as the job file says
  bool quick = false;

  // Throws `JobError` if a --set has no '='.
  [[nodiscard]] JobFileOptions options() const;
};

void add_job_file_arguments(CLI::App& app, JobFileArguments& arguments);

// --jobs and --threads.
void add_share_options(CLI::App& app, std::optional<int>& jobs, std::optional<int>& threads);

// What a command that runs jobs takes.
struct RunArguments {
  std::optional<int> threads;
  std::optional<int> jobs;
  std::optional<Overlap> overlap; // of --on-overlap
  bool allow_missing = false;
  bool fail_on_partial = false;
  bool profile = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  bool cron = false;
  bool isolate = false;
  RunOptions::Parent parent; // of a process that --isolate starts; no run: it is none
  bool all_jobs = false;     // of the job file
  std::string ping_url;
  std::optional<std::filesystem::path> metrics_file;
  TimeLimit time_limit;
  std::chrono::milliseconds grace = RunOptions().grace;
  std::optional<std::filesystem::path> log_file;
};

void add_run_arguments(CLI::App& app, RunArguments& arguments);

// `plugins` are where those come from. Run with a console on stderr, then print what came of it on
// stdout.
[[nodiscard]] ExitCode run_and_report(const RunArguments& arguments, const PluginOptions& plugins,
                                      const std::function<RunOutcome(const RunOptions&)>& run);

} // namespace nightshift
