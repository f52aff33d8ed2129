// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_file_options.hpp"
#include "core/record/console.hpp"
#include "core/runner/doctor.hpp"
#include "core/runner/doctor_source.hpp"

#include <CLI/CLI.hpp>

#include <unistd.h>

namespace nightshift {
namespace {

struct DoctorArguments {
  JobFileArguments file;
  std::optional<int> threads;
  bool json = false;
  SourceQuestion question; // no source: of none in particular
};

template <class Answer>
void print_findings(const std::vector<Finding>& findings, const Answer& document, bool json) {
  print(json ? to_page(to_document(document)) : to_text(findings, wants_colours(STDOUT_FILENO)));
}

ExitCode look_at_source(const DoctorArguments& arguments) {
  std::optional<JobFile> file;
  if (!arguments.file.job_file.empty()) {
    const JobFileOptions options = arguments.file.options();
    file = read_job_file(options.job_file, options.overrides);
  }
  const SourceAnswer answer = test_source(arguments.question, file);
  print_findings(answer.findings, answer, arguments.json);
  return all_good(answer.findings) ? ExitCode::ok : ExitCode::failed;
}

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
  print_findings(findings, findings, arguments.json);
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
      ->check(CLI::Range(1, 4096).description(""))
      ->type_name("N");
  auto* const source =
      sub->add_option("--source", arguments->question.source,
                      "Only a source, but closely: one of FILE by its name or, without FILE, the "
                      "one at this URI")
          ->type_name("NAME");
  sub->add_option("--subdir", arguments->question.subdir, "Look below this folder of the source")
      ->type_name("DIR")
      ->needs(source);
  sub->add_option("--regex", arguments->question.regex,
                  "Look for an object whose key holds a match, as of a deployment")
      ->type_name("PATTERN")
      ->needs(source);
  sub->add_flag("--json", arguments->json, "As JSON");
  add_state_options(*sub, arguments->file.state, TakesJobFile::yes);
  add_plugin_options(*sub, arguments->file.plugins);
  sub->callback([arguments, &command] {
    command.work = [arguments] {
      return arguments->question.source.empty() ? look(*arguments) : look_at_source(*arguments);
    };
  });
}

} // namespace nightshift
