// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/secret_memory.hpp"
#include "core/base/text.hpp"
#include "core/runner/run_failure.hpp"
#include "core/runner/signals.hpp"
#include "core/runner/version.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <sstream>
#include <string>
#include <thread>

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

// The subcommand that was being read, as one would call it.
std::string called(const CLI::App& app) {
  std::string name = "nightshift";
  for (const CLI::App* at = &app; !at->get_subcommands().empty();) {
    at = at->get_subcommands().front();
    name += ' ' + at->get_name();
  }
  return name;
}

// CLI11 has exit codes of its own; ours for a wrong command line is one.
ExitCode complain_of_usage(const CLI::App& app, const CLI::ParseError& error) {
  if (error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success)) { // --help, --version
    std::ostringstream out;
    std::ostringstream nothing;
    app.exit(error, out, nothing);
    print(out.str());
    return ExitCode::ok;
  }
  std::cerr << fmt::format("nightshift: error: {}; see \"{} --help\"\n", one_line(error.what()),
                           called(app));
  return ExitCode::usage;
}

// A file opened later must not get the number of a standard stream that the caller had closed, and
// then be written to as if it were that stream.
void open_standard_streams() noexcept {
  int fd = 0;
  do {
    fd = open("/dev/null", O_RDWR);
  } while (fd >= 0 && fd <= STDERR_FILENO);
  if (fd >= 0) {
    close(fd);
  }
}

// As many heaps as processors. By default there are up to eight for each, which take turns with
// those folders' worth of memory that each thread has let go of. What holds a large folder lies in
// none of them and goes with it; by default the first such block that is freed moves the limit.
void keep_heaps_small() noexcept {
  mallopt(M_ARENA_MAX, std::max(static_cast<int>(std::thread::hardware_concurrency()), 1));
  mallopt(M_MMAP_THRESHOLD, 512 << 10);
  mallopt(M_TRIM_THRESHOLD, 1 << 20);
}

int run(int argc, char** argv) {
  CLI::App app(
      "Nightshift keeps the catalogue of trap captures true: it lists storages, merges what "
      "they hold, groups sessions and records what it did.");
  app.name("nightshift");
  app.require_subcommand(1);
  app.set_help_all_flag("--help-all", "Help for all subcommands");
  app.set_version_flag("--version", fmt::format("nightshift {}", k_version));
  Command command;
  add_run_command(app, command);
  add_create_command(app, command);
  add_start_command(app, command);
  add_cancel_command(app, command);
  add_retry_command(app, command);
  add_plan_command(app, command);
  add_validate_command(app, command);
  add_jobs_command(app, command);
  add_show_command(app, command);
  add_logs_command(app, command);
  add_report_command(app, command);
  add_serve_command(app, command);
  add_doctor_command(app, command);
  add_gc_command(app, command);
  add_catalogue_command(app, command);
  add_plugins_command(app, command);
  add_schema_command(app, command);
  add_version_command(app, command);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    command.work = [&app, &error] { return complain_of_usage(app, error); };
    return static_cast<int>(guarded(command));
  }
  if (!command.takes_signals) {
    unblock_signals();
  }
  return static_cast<int>(guarded(command));
}

} // namespace
} // namespace nightshift

int main(int argc, char** argv) {
  nightshift::keep_environment_out_of_dumps();
  nightshift::keep_heaps_small();
  nightshift::block_signals();
  nightshift::open_standard_streams();
  return nightshift::run(argc, argv);
}
