// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/runner/run_failure.hpp"
#include "core/runner/signals.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <sstream>

namespace nightshift {
namespace {

// Run the chosen command; every way in which it can fail becomes a sentence and an exit code.
ExitCode guarded(const Command& command) {
  try {
    return command.work();
  } catch (...) { // the last handler of all; what it was is asked right here
    const RunFailure failure = failure_of_current_exception();
    std::cerr << failure.text;
    return failure.exit_code;
  }
}

// CLI11 has exit codes of its own; ours for a wrong command line is one.
ExitCode complain_of_usage(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = app.exit(error, out, err);
  print(out.str());
  std::cerr << err.str();
  return code == 0 ? ExitCode::ok : ExitCode::usage;
}

int run(int argc, char** argv) {
  CLI::App app(
      "Nightshift keeps the catalogue of trap captures true: it lists storages, merges what "
      "they hold, groups sessions and records what it did.");
  app.name("nightshift");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help for all subcommands");
  Command command;
  add_run_command(app, command);
  add_create_command(app, command);
  add_start_command(app, command);
  add_validate_command(app, command);
  add_jobs_command(app, command);
  add_show_command(app, command);
  add_logs_command(app, command);
  add_catalogue_command(app, command);
  add_plugins_command(app, command);
  add_schema_command(app, command);
  add_version_command(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return static_cast<int>(complain_of_usage(app, error));
  }
  return static_cast<int>(guarded(command));
}

} // namespace
} // namespace nightshift

int main(int argc, char** argv) {
  nightshift::block_signals();
  return nightshift::run(argc, argv);
}
