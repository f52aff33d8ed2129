// SPDX-License-Identifier: Apache-2.0
//
// `start` and `retry`: both run jobs from what was recorded of them.

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/runner/run.hpp"

#include <CLI/CLI.hpp>

namespace nightshift {
namespace {

// `start_jobs` or `retry_jobs`.
using RunRecorded = decltype(&start_jobs);

struct RecordedArguments {
  std::vector<std::int64_t> ids;
  StateOptions state;
  PluginOptions plugins;
  RunArguments run;
};

void add_recorded_command(CLI::App& sub, Command& command, RunRecorded run_recorded) {
  const auto arguments = std::make_shared<RecordedArguments>();
  sub.add_option("ID", arguments->ids, "The jobs' ids")->required();
  add_state_options(sub, arguments->state, TakesJobFile::no);
  add_plugin_options(sub, arguments->plugins);
  add_run_arguments(sub, arguments->run);
  sub.callback([arguments, &command, run_recorded] {
    command.takes_signals = true;
    command.work = [arguments, run_recorded] {
      PluginRegistry registry = find_plugins(arguments->plugins);
      return run_and_report(arguments->run, arguments->plugins, [&](const RunOptions& options) {
        return run_recorded(arguments->ids, arguments->state.state_dir, options, registry);
      });
    };
  });
}

} // namespace

void add_start_command(CLI::App& app, Command& command) {
  add_recorded_command(*app.add_subcommand("start", "Run jobs that were created"), command,
                       start_jobs);
}

void add_retry_command(CLI::App& app, Command& command) {
  add_recorded_command(
      *app.add_subcommand(
          "retry",
          "Run jobs that have ended once more, as they were recorded: an attempt more of each"),
      command, retry_jobs);
}

} // namespace nightshift
