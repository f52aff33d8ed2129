// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/record/state_dir.hpp"
#include "core/runner/views.hpp"

#include <nightshift/error.hpp>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iostream>

namespace nightshift {
namespace {

// In any case: "failure" is quicker to write.
std::optional<JobStatus> status_from(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return job_status_from(name);
}

struct JobsArguments {
  StateOptions state;
  std::vector<std::string> statuses;
  std::vector<std::int64_t> deployments;
  std::vector<std::string> types;
  std::string since;
  std::size_t limit = 20;
  bool json = false;

  [[nodiscard]] bool filters() const {
    return !statuses.empty() || !deployments.empty() || !types.empty() || !since.empty();
  }

  [[nodiscard]] JobQuery query() const {
    JobQuery query;
    for (const std::string& name : statuses) {
      if (const auto status = status_from(name)) {
        query.statuses.push_back(*status);
      }
    }
    query.deployments = deployments;
    query.types = types;
    if (!since.empty()) {
      query.since = parse_moment(since, system_now());
    }
    if (limit > 0) {
      query.most = limit;
    }
    return query;
  }
};

ExitCode list(const JobsArguments& arguments) {
  const StateDir state_dir = find_state_dir(arguments.state.state_dir, std::nullopt);
  const auto jobs = list_jobs(state_dir, arguments.query(), [](std::int64_t id) {
    std::cerr << fmt::format("job {}: its journal cannot be read\n", id);
  });
  if (jobs.empty() && !arguments.json) {
    std::cerr << fmt::format("no {}jobs are recorded in {}\n", arguments.filters() ? "such " : "",
                             state_dir.path().string());
    return ExitCode::ok;
  }
  print(arguments.json ? to_page(jobs_document(state_dir, jobs)) : jobs_text(jobs));
  return ExitCode::ok;
}

std::string no_moment(const std::string& text) {
  return parse_moment(text, system_now())
             ? std::string()
             : fmt::format("\"{}\" is no time such as 2025-01-14, 2025-01-14T21:48 or 2d", text);
}

std::string no_status(const std::string& text) {
  return status_from(text)
             ? std::string()
             : fmt::format("\"{}\" is none of {}", text, fmt::join(k_job_status_names, ", "));
}

} // namespace

void add_jobs_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("jobs", "List the jobs, newest first");
  const auto arguments = std::make_shared<JobsArguments>();
  add_state_options(*sub, arguments->state, TakesJobFile::no);
  sub->add_option("--limit", arguments->limit, "At most so many; 0: all (default: 20)")
      ->type_name("N");
  sub->add_option("--status", arguments->statuses, "Only jobs with this status")
      ->check(CLI::Validator(no_status, ""))
      ->type_name("STATUS");
  sub->add_option("--deployment", arguments->deployments, "Only jobs of this deployment")
      ->type_name("ID");
  sub->add_option("--type", arguments->types, "Only jobs of this type")->type_name("KEY");
  sub->add_option("--since", arguments->since,
                  "Only jobs created since: 2025-01-14, 2025-01-14T21:48, or 2d for two days ago")
      ->check(CLI::Validator(no_moment, ""))
      ->type_name("TIME");
  sub->add_flag("--json", arguments->json, "Print their records as JSON");
  sub->callback([arguments, &command] { command.work = [arguments] { return list(*arguments); }; });
}

} // namespace nightshift
