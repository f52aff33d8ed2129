// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_argument.hpp"
#include "core/runner/cancel_job.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <iostream>

namespace nightshift {
namespace {

// An owner on another machine is told of the request by its file system, some seconds later.
constexpr std::chrono::seconds k_patience{10};

struct CancelArguments {
  JobArgument job;
  std::string reason;
};

ExitCode cancel(const CancelArguments& arguments) {
  const CancelResult result =
      cancel_job(arguments.job.find(), make_cancel_request(arguments.reason), k_patience);
  const auto id = result.record.id;
  const auto status = to_string(result.record.status);
  switch (result.answer) {
  case CancelAnswer::revoked:
  case CancelAnswer::canceling:
    print(fmt::format("job {} is {}\n", id, status));
    return ExitCode::ok;
  case CancelAnswer::lost:
    print(fmt::format("job {} is {}: it was lost, nothing runs it any more\n", id, status));
    return ExitCode::ok;
  case CancelAnswer::ended:
    std::cerr << fmt::format("nightshift: job {} has ended already, it is {}\n", id, status);
    return ExitCode::failed;
  case CancelAnswer::unanswered:
    break;
  }
  std::cerr << fmt::format("nightshift: job {} is {}: it was asked to cancel, but its process has "
                           "not answered within {} s; the request stays\n",
                           id, status, k_patience.count());
  return ExitCode::try_later;
}

} // namespace

void add_cancel_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("cancel", "Have a job stop; exits with 1 if it has ended already");
  const auto arguments = std::make_shared<CancelArguments>();
  add_job_argument(*sub, arguments->job);
  sub->add_option("--reason", arguments->reason, "What for; recorded with the job")
      ->type_name("TEXT");
  sub->callback(
      [arguments, &command] { command.work = [arguments] { return cancel(*arguments); }; });
}

} // namespace nightshift
