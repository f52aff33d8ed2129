// SPDX-License-Identifier: Apache-2.0

#include "core/app/command.hpp"
#include "core/app/job_argument.hpp"
#include "core/base/file_watch.hpp"
#include "core/record/journal.hpp"
#include "core/record/lost_job.hpp"
#include "core/record/owner_lock.hpp"
#include "core/runner/views.hpp"

#include <nightshift/job_status.hpp>

#include <CLI/CLI.hpp>

#include <chrono>

namespace nightshift {
namespace {

constexpr std::chrono::seconds k_look_again{1}; // where nothing tells of a change
constexpr std::chrono::milliseconds k_settle{200};

struct LogsArguments {
  JobArgument job;
  bool follow = false;
  bool json = false;
};

// Prints a job's events as lines; knows when to stop.
class LogPrinter {
 public:
  explicit LogPrinter(bool json) : json_(json) {}

  void take(const Event& event) {
    if (json_) {
      read_ = print(to_line(to_json(event)) + '\n') && read_;
    } else if (!event.message.empty()) {
      read_ = print(log_line_text(event)) && read_;
    }
    if (event.kind == EventKind::job_status) {
      const auto status = job_status_from(event.attributes.value("status", std::string()));
      ended_ = status && is_final(*status);
    }
  }

  // Whether no more is to be printed: the job has ended, or nobody reads on.
  [[nodiscard]] bool ended() const noexcept { return ended_ || !read_; }

 private:
  bool json_;
  bool read_ = true;
  bool ended_ = false;
};

ExitCode logs(const LogsArguments& arguments) {
  const JobFolder folder = arguments.job.find();
  LogPrinter printer(arguments.json);
  std::uint64_t offset = 0;
  const auto read_on = [&] {
    const std::uint64_t before = offset;
    read_journal(folder.journal(), offset, [&](Event&& event) { printer.take(event); });
    return offset != before;
  };
  FileWatch watch;
  watch.add_growing(folder.journal());
  read_on();
  while (arguments.follow && !printer.ended()) {
    if (!watch.wait(k_look_again) && !read_on()) {
      (void)look_at_job(folder); // no job tells of its own loss
    }
    read_on();
  }
  // Lines about the end come right behind the final status.
  while (arguments.follow && lock_state(folder.owner()) == LockState::held &&
         watch.wait(k_settle)) {
    read_on();
  }
  read_on();
  return ExitCode::ok;
}

} // namespace

void add_logs_command(CLI::App& app, Command& command) {
  auto* sub = app.add_subcommand("logs", "Print a job's log, oldest line first");
  const auto arguments = std::make_shared<LogsArguments>();
  add_job_argument(*sub, arguments->job);
  sub->add_flag("-f,--follow", arguments->follow, "Go on until the job has ended");
  sub->add_flag("--json", arguments->json, "Print all events, as in the journal");
  sub->callback([arguments, &command] { command.work = [arguments] { return logs(*arguments); }; });
}

} // namespace nightshift
