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

} // namespace nightshift
