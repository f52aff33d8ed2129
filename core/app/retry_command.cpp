// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/runner/run.hpp"

#include <CLI/CLI.hpp>

namespace nightshift {

void add_retry_command(CLI::App& app, Command& command) {
  struct Arguments {
    std::vector<std::int64_t> ids;
    StateOptions state;
    PluginOptions plugins;
    RunArguments run;
  };

  auto* sub = app.add_subcommand(
      "retry",
      "Run jobs that have ended once more, as they were recorded: an attempt more of each");
  const auto arguments = std::make_shared<Arguments>();
  sub->add_option("ID", arguments->ids, "The jobs' ids")->required();
  add_state_options(*sub, arguments->state);
  add_plugin_options(*sub, arguments->plugins);
  add_run_arguments(*sub, arguments->run);
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->plugins);
      return run_and_report(arguments->run, [&](const RunOptions& options) {
        return retry_jobs(arguments->ids, arguments->state.state_dir, options, registry);
      });
    };
  });
}

} // namespace nightshift
