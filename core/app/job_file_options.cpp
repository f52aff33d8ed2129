// SPDX-License-Identifier: Apache-2.0

#include "core/app/job_file_options.hpp"

#include "core/record/console.hpp"
#include "core/record/failure_notice.hpp"
#include "core/record/profile_table.hpp"
#include "core/runner/watched_run.hpp"

#include <nightshift/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <iostream>

namespace nightshift {

JobFileOptions JobFileArguments::options() const {
  JobFileOptions options;
  options.job_file = job_file;
  options.only = only;
  options.deployments = deployments;
  options.state_dir = state.state_dir;
  if (!verify.empty()) {
    options.params.push_back({"verify", verify, "--verify"});
  }
  if (quick) {
    options.params.push_back({"verify", "quick", "--quick"});
  }
  for (const std::string& assignment : set) {
    const auto equals = assignment.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw permanent_error(error_code::k_config,
                            fmt::format("--set {}: write it as KEY=VALUE, such as "
                                        "--set defaults.attempts=1",
                                        assignment));
    }
    options.overrides.set.emplace_back(assignment.substr(0, equals), assignment.substr(equals + 1));
  }
  return options;
}

void add_job_file_arguments(CLI::App& app, JobFileArguments& arguments) {
  app.add_option("FILE", arguments.job_file, "The job file (YAML)")->required();
  app.add_option("--only", arguments.only, "Only the job of this name, or all of a definition's")
      ->type_name("NAME");
  app.add_option("--deployment", arguments.deployments, "Only the jobs of this deployment")
      ->type_name("ID");
  app.add_option("--set", arguments.set, "Set a value of the job file for this once")
      ->type_name("KEY=VALUE");
  auto* verify =
      app.add_option(
             "--verify", arguments.verify,
             "What proves a folder unchanged, for this once: fingerprint, full or quick, as "
             "in the job file's params")
          ->type_name("HOW");
  app.add_flag("--quick", arguments.quick,
               "The same as --verify quick: folders in which nothing has come or gone are not even "
               "read; misses captures that were written to in place")
      ->excludes(verify);
  add_state_options(app, arguments.state, TakesJobFile::yes);
  add_plugin_options(app, arguments.plugins);
}

namespace {

constexpr const char* k_ping_variable = "NIGHTSHIFT_PING_URL";

} // namespace

void add_share_options(CLI::App& app, std::optional<int>& jobs, std::optional<int>& threads) {
  app.add_option("-j,--jobs", jobs, "Run at most so many jobs at once")
      ->check(CLI::Range(1, 1024).description(""))
      ->type_name("N");
  app.add_option("--threads", threads,
                 "Compute with at most so many threads (default: what machine, batch system and "
                 "container grant)")
      ->check(CLI::Range(1, 4096).description(""))
      ->type_name("N");
}

void add_run_arguments(CLI::App& app, RunArguments& arguments) {
  add_share_options(app, arguments.jobs, arguments.threads);
  app.add_option_function<std::string>(
         "--on-overlap",
         [&arguments](const std::string& text) {
           const auto overlap = parse_overlap(text);
           if (!overlap) {
             throw CLI::ValidationError(
                 "--on-overlap", fmt::format("{} is none of fail, skip, wait, wait=DURATION (as in "
                                             "wait=10min), replace",
                                             text));
           }
           arguments.overlap = *overlap;
         },
         "What to do about a deployment that another run is writing: fail (the run exits with "
         "75), skip it (0), wait or wait=DURATION, or replace: cancel the other first "
         "(default: fail; with --cron, skip)")
      ->type_name("POLICY");
  app.add_flag("--allow-missing", arguments.allow_missing,
               "Mark captures as missing however many they are, for this once");
  app.add_flag("--fail-on-partial", arguments.fail_on_partial,
               "Exit with 3 if objects could not be examined");
  add_duration_option(
      app, "--grace",
      "How long a stage has to end once a signal or a timeout asks it to; then it is "
      "left behind (default: 20s)",
      [&](auto duration) { arguments.grace = duration; });
  auto* limit =
      app.add_option(
             "--time-limit", arguments.time_limit.limit,
             "Stop by itself after that long, as on USR1: save, and exit with 85 (auto: in time "
             "for the batch scheduler)")
          ->type_name("DURATION|auto");
  add_duration_option(
      app, "--stop-before",
      "Begin to stop that long before the time limit (default: 1min with auto, else "
      "0)",
      [&](auto duration) { arguments.time_limit.stop_before = duration; });
  app.get_option("--stop-before")->needs(limit);
  app.add_flag("--isolate", arguments.isolate,
               "Run each job in a process of its own, so that a plugin that crashes costs its job "
               "alone");
  app.add_option("--parent-run", arguments.parent.run)->group(""); // for ourselves, as is the next
  app.add_option("--parent-process", arguments.parent.process)->group("");
  app.add_flag("--profile", arguments.profile,
               "Measure where each stage's time goes, for the run's report");
  auto* json = app.add_flag("--json", arguments.json, "Print the run's report as JSON");
  app.add_flag("-q,--quiet", arguments.quiet, "Print errors only");
  app.add_flag("-v,--verbose", arguments.verbose, "Print debug lines too");
  app.add_option("--log-file", arguments.log_file, "Append every log line to this file")
      ->type_name("FILE");
  app.add_flag("--cron", arguments.cron,
               "Be silent unless something goes wrong, then say what in one paragraph")
      ->excludes(json);
  app.add_option("--metrics-file", arguments.metrics_file,
                 "Keep what the run came to in this file, for Prometheus's node_exporter")
      ->type_name("FILE");
  app.add_option("--ping", arguments.ping_url,
                 "Tell this dead-man switch (healthchecks.io and its like) of the start and the "
                 "end; better given by the variable or in the job file, where nobody else sees it")
      ->type_name("URL")
      ->envname(k_ping_variable);
}

namespace {

ConsoleSettings console_settings(const RunArguments& arguments) {
  ConsoleSettings settings = console_settings_for_stderr();
  settings.debug = arguments.verbose;
  settings.log_file = arguments.log_file;
  if (arguments.quiet) {
    settings.mode = ConsoleMode::quiet;
  }
  if (arguments.cron || !arguments.parent.run.empty()) {
    settings.mode = ConsoleMode::silent;
  }
  return settings;
}

void tell(const RunArguments& arguments, const RunOutcome& outcome) {
  if (!arguments.parent.run.empty()) { // the parent tells
    return;
  }
  if (arguments.cron) {
    if (outcome.exit_code != ExitCode::ok) {
      std::cerr << failure_notice(outcome.report, outcome.state_dir);
    }
  } else if (arguments.json) {
    write_report(outcome.report, [](std::string_view piece) { print(piece); });
  } else if (!arguments.quiet) {
    print(to_text(outcome.report));
    print(profile_table(outcome.report));
    print(fmt::format("report: {}\n", outcome.report_file.string()));
  }
}

} // namespace

ExitCode run_and_report(const RunArguments& arguments, const PluginOptions& plugins,
                        const std::function<RunOutcome(const RunOptions&)>& run) {
  const auto listener = open_console(console_settings(arguments));
  RunOptions options;
  options.threads = arguments.threads;
  options.jobs = arguments.jobs;
  options.overlap = arguments.overlap.value_or(
      Overlap{arguments.cron ? OverlapPolicy::skip : OverlapPolicy::fail, {}});
  options.allow_missing = arguments.allow_missing;
  options.fail_on_partial = arguments.fail_on_partial;
  options.profile = arguments.profile;
  options.grace = arguments.grace;
  options.isolate = arguments.isolate;
  options.plugin_folders = plugins.folders;
  if (!arguments.parent.run.empty()) {
    options.parent = arguments.parent;
  }
  if (!arguments.time_limit.limit.empty()) {
    const auto environment = [](const char* name) {
      return static_cast<const char*>(std::getenv(name)); // NOLINT(concurrency-mt-unsafe)
    };
    options.stop_at = std::chrono::steady_clock::now() +
                      time_to_run(arguments.time_limit, environment, system_now());
  }
  options.listener = listener.get();
  WatchOptions watch;
  watch.ping_url = arguments.ping_url;
  watch.metrics_file = arguments.metrics_file;
  watch.all_jobs = arguments.all_jobs;
  unsetenv(k_ping_variable); // NOLINT(concurrency-mt-unsafe): no child need know it
  const auto finish = [&](const WatchedRun& watched) {
    if (watched.outcome) {
      tell(arguments, *watched.outcome);
    } else {
      std::cerr << watched.failure;
    }
    for (const std::string& warning : watched.warnings) {
      std::cerr << "nightshift: warning: " << warning << '\n';
    }
    return watched.exit_code;
  };
  watch.last_words = finish;
  return finish(run_watched(watch, options, run));
}

} // namespace nightshift
