// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/base/json.hpp"
#include "core/runner/run.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nightshift {

namespace {

void print_ids(std::span<const std::int64_t> ids, bool json) {
  if (json) {
    print(to_page(Json{{"ids", ids}}));
    return;
  }
  for (const std::int64_t id : ids) {
    print(fmt::format("{}\n", id));
  }
}

} // namespace

void add_create_command(CLI::App& app, Command& command) {
  struct Arguments {
    JobFileArguments file;
    bool json = false;
  };

  auto* sub = app.add_subcommand("create", "Record the jobs of a job file as CREATED, for start");
  const auto arguments = std::make_shared<Arguments>();
  add_job_file_arguments(*sub, arguments->file);
  sub->add_flag("--json", arguments->json, "Print the ids as JSON");
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->file.plugins);
      print_ids(create_jobs(arguments->file.options(), registry), arguments->json);
      return ExitCode::ok;
    };
  });
}

void add_start_command(CLI::App& app, Command& command) {
  struct Arguments {
    std::vector<std::int64_t> ids;
    StateOptions state;
    PluginOptions plugins;
    RunArguments run;
  };

  auto* sub = app.add_subcommand("start", "Run jobs that were created");
  const auto arguments = std::make_shared<Arguments>();
  sub->add_option("ID", arguments->ids, "The jobs' ids")->required();
  add_state_options(*sub, arguments->state);
  add_plugin_options(*sub, arguments->plugins);
  add_run_arguments(*sub, arguments->run);
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      PluginRegistry registry = find_plugins(arguments->plugins);
      return run_and_report(arguments->run, [&](const RunOptions& options) {
        return start_jobs(arguments->ids, arguments->state.state_dir, options, registry);
      });
    };
  });
}

} // namespace nightshift
