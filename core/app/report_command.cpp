// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/base/file.hpp"
#include "core/record/state_dir.hpp"
#include "core/serve/report_page.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

namespace nightshift {
namespace {

struct ReportArguments {
  StateOptions state;
  std::optional<std::string> run;
  std::optional<std::int64_t> deployment;
  std::string catalogue = "sqlite:catalogue.db";
  std::filesystem::path file;
};

ExitCode report(const ReportArguments& arguments) {
  const StateDir state_dir = find_state_dir(arguments.state.state_dir, std::nullopt);
  const serve::CatalogueAt catalogue{arguments.catalogue, state_dir.path()};
  const std::string text =
      arguments.deployment
          ? serve::deployment_report_html(state_dir, catalogue, *arguments.deployment)
          : serve::run_report_html(state_dir, catalogue, arguments.run);
  if (arguments.file == "-") {
    print(text);
    return ExitCode::ok;
  }
  replace_file(arguments.file, text, Durable::no);
  print(fmt::format("{}\n", arguments.file.string()));
  return ExitCode::ok;
}

} // namespace

void add_report_command(CLI::App& app, Command& command) {
  auto* sub =
      app.add_subcommand("report", "Write what a run or a deployment came to as a page of its own");
  const auto arguments = std::make_shared<ReportArguments>();
  auto* run = sub->add_option("RUN", arguments->run, "The run's name (default: the last one)");
  sub->add_option("--deployment", arguments->deployment, "Of this deployment instead of a run")
      ->excludes(run)
      ->type_name("ID");
  sub->add_option("--html", arguments->file, "The file to write; -: stdout")
      ->required()
      ->type_name("FILE");
  sub->add_option("--catalogue", arguments->catalogue,
                  "The catalogue (default: sqlite:catalogue.db in the state directory)")
      ->type_name("URI");
  add_state_options(*sub, arguments->state, TakesJobFile::no);
  sub->callback(
      [arguments, &command] { command.work = [arguments] { return report(*arguments); }; });
}

} // namespace nightshift
