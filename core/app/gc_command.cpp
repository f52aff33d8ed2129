// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/runner/garbage.hpp"

#include <nightshift/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace nightshift {
namespace {

struct GcArguments {
  StateOptions state;
  std::optional<int> keep_days;
  std::optional<std::size_t> keep_jobs;
  bool apply = false;
  bool json = false;
};

ExitCode collect(const GcArguments& arguments) {
  KeepRules rules;
  rules.jobs = arguments.keep_jobs;
  if (arguments.keep_days) {
    rules.age = std::chrono::hours(24) * *arguments.keep_days;
  }
  const StateDir state_dir = find_state_dir(arguments.state.state_dir, std::nullopt);
  Garbage garbage = find_garbage(state_dir, rules, system_now());
  std::vector<std::string> problems;
  if (arguments.apply) {
    problems = remove_garbage(garbage);
  }
  print(arguments.json ? to_page(to_document(garbage, arguments.apply))
                       : to_text(garbage, arguments.apply));
  for (const std::string& problem : problems) {
    std::cerr << fmt::format("nightshift: error: {}\n", problem);
  }
  return problems.empty() ? ExitCode::ok : ExitCode::io;
}

} // namespace

void add_gc_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand(
      "gc", "Tell which old jobs and runs could go from the state directory, or remove them");
  const auto arguments = std::make_shared<GcArguments>();
  auto* keep = sub->add_option_group("keep", "What stays, besides jobs that are not over and the "
                                             "newest job; given both, what either keeps");
  keep->add_option("--keep-days", arguments->keep_days, "Jobs that ended in the last N days")
      ->check(CLI::Range(0, 100'000).description(""))
      ->type_name("N");
  keep->add_option("--keep-jobs", arguments->keep_jobs, "The newest N jobs")->type_name("N");
  keep->require_option(1, 2);
  sub->add_flag("--apply", arguments->apply, "Remove it");
  sub->add_flag("--json", arguments->json, "As JSON");
  add_state_options(*sub, arguments->state, TakesJobFile::no);
  sub->callback(
      [arguments, &command] { command.work = [arguments] { return collect(*arguments); }; });
}

} // namespace nightshift
