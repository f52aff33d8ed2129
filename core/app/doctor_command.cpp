// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/record/console.hpp"
#include "core/runner/doctor.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace nightshift {
namespace {

struct DoctorArguments {
  JobFileArguments file;
  std::optional<int> threads;
  bool json = false;
};

ExitCode look(const DoctorArguments& arguments) {
  DoctorOptions options;
  options.state_dir = arguments.file.state.state_dir;
  options.threads = arguments.threads;
  options.plugin_folders = plugin_folders(arguments.file.plugins.folders);
  if (!arguments.file.job_file.empty()) {
    options.job_file = arguments.file.options();
  }
  PluginRegistry registry = find_plugins(arguments.file.plugins);
  const std::vector<Finding> findings = examine(options, registry);
  print(arguments.json ? to_page(to_document(findings))
                       : to_text(findings, wants_colours(STDOUT_FILENO)));
  return all_good(findings) ? ExitCode::ok : ExitCode::failed;
}

} // namespace

void add_doctor_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand(
      "doctor", "See whether all is well where jobs are to run: a line each, and what to do");
  const auto arguments = std::make_shared<DoctorArguments>();
  sub->add_option("FILE", arguments->file.job_file,
                  "A job file (YAML): its catalogue and its sources are looked at too");
  sub->add_option("--threads", arguments->threads, "As it would be said to a run")
      ->check(CLI::Range(1, 4096))
      ->type_name("N");
  sub->add_flag("--json", arguments->json, "As JSON");
  add_state_options(*sub, arguments->file.state);
  add_plugin_options(*sub, arguments->file.plugins);
  sub->callback([arguments, &command] { command.work = [arguments] { return look(*arguments); }; });
}

} // namespace nightshift
