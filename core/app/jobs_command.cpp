// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/views.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace nightshift {

void add_jobs_command(CLI::App& app, Command& command) {
  struct Arguments {
    StateOptions state;
    bool json = false;
  };

  auto* sub = app.add_subcommand("jobs", "List the jobs, newest first");
  const auto arguments = std::make_shared<Arguments>();
  add_state_options(*sub, arguments->state);
  sub->add_flag("--json", arguments->json, "Print their records as JSON");
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      const StateDir state_dir = find_state_dir(arguments->state.state_dir, std::nullopt);
      const auto jobs = list_jobs(state_dir, [](std::int64_t id) {
        std::cerr << fmt::format("job {}: its journal cannot be read\n", id);
      });
      if (jobs.empty() && !arguments->json) {
        std::cerr << fmt::format("no jobs are recorded in {}\n", state_dir.path().string());
        return ExitCode::ok;
      }
      print(arguments->json ? to_page(jobs_document(jobs)) : jobs_text(jobs));
      return ExitCode::ok;
    };
  });
}

} // namespace nightshift
