// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/runner/run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nightshift {

void add_validate_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand(
      "validate", "Find every mistake in a job file, and whether all that it names is there");
  const auto arguments = std::make_shared<JobFileArguments>();
  add_job_file_arguments(*sub, *arguments);
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->plugins);
      const Plan plan = plan_job_file(arguments->options(), registry).plan;
      print(fmt::format("{}: {} job{}, no mistakes found\n", arguments->job_file, plan.jobs.size(),
                        plan.jobs.size() == 1 ? "" : "s"));
      return ExitCode::ok;
    };
  });
}

} // namespace nightshift
