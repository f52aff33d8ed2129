// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/runner/run.hpp"

#include <CLI/CLI.hpp>

namespace nightshift {

void add_run_command(CLI::App& app, Command& command) {
  struct Arguments {
    JobFileArguments file;
    RunArguments run;
  };

  auto* sub = app.add_subcommand("run", "Create the jobs of a job file and run them");
  const auto arguments = std::make_shared<Arguments>();
  add_job_file_arguments(*sub, arguments->file);
  add_run_arguments(*sub, arguments->run);
  sub->callback([arguments, &command] {
    arguments->run.all_jobs = arguments->file.only.empty() && arguments->file.deployments.empty();
    command.takes_signals = true;
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->file.plugins);
      return run_and_report(arguments->run, arguments->file.plugins,
                            [&](const RunOptions& options) {
                              return run_job_file(arguments->file.options(), options, registry);
                            });
    };
  });
}

} // namespace nightshift
