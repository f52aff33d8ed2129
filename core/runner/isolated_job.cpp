// SPDX-License-Identifier: Apache-2.0

#include "core/runner/isolated_job.hpp"

#include "core/base/file.hpp"
#include "core/base/spawn_settings.hpp"
#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/record/journal.hpp"
#include "core/runner/overlap.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

constexpr const char* k_crashed = "crashed";
constexpr std::chrono::seconds k_more_grace{5};        // for the child to tell what it gave up
constexpr std::chrono::seconds k_longest_silence{120}; // four heartbeats
constexpr std::chrono::seconds k_longest_pause{10};    // between two looks

std::uint64_t size_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

// "was ended by SIGSEGV (Segmentation fault)"
std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) {
    const int number = WTERMSIG(status);
    const char* const name = sigabbrev_np(number);
    const char* const text = sigdescr_np(number);
    return fmt::format("was ended by {} ({})",
                       name != nullptr ? fmt::format("SIG{}", name)
                                       : fmt::format("signal {}", number),
                       text != nullptr ? text : "unknown");
  }
  return fmt::format("ended itself with exit code {}", WEXITSTATUS(status));
}

std::vector<std::string> arguments_for(std::int64_t id, const IsolatedStart& start,
                                       const RunServices& services, const RunOptions& options) {
  std::vector<std::string> arguments{"nightshift",
                                     start.command,
                                     std::to_string(id),
                                     "--state-dir",
                                     start.state_dir.string(),
                                     "--parent-run",
                                     services.run,
                                     "--parent-process",
                                     std::to_string(getpid()),
                                     "--threads",
                                     std::to_string(start.threads),
                                     "--grace",
                                     fmt::format("{}ms", services.grace.count()),
                                     "--on-overlap",
                                     to_text(services.overlap)};
  for (const std::filesystem::path& folder : options.plugin_folders) {
    arguments.insert(arguments.end(), {"--plugin-dir", folder.string()});
  }
  if (services.allow_missing) {
    arguments.emplace_back("--allow-missing");
  }
  if (services.profile) {
    arguments.emplace_back("--profile");
  }
  return arguments;
}

} // namespace

IsolatedJob::IsolatedJob(JobFolder folder, const IsolatedStart& start, const RunServices& services,
                         const RunOptions& options)
    : folder_(std::move(folder)),
      arguments_(arguments_for(folder_.id, start, services, options)),
      grace_(services.grace),
      listener_(options.listener),
      read_(size_of(folder_.journal())) {}

JobRecord IsolatedJob::run() {
  const JobRecord before = read_job_record(folder_);
  try {
    start();
  } catch (const JobError& error) {
    if (!is_final(before.status)) {
      finalise_ended(folder_, {JobStatus::failure, error.code(), error.what()}, listener_);
    }
    throw;
  }
  const int status = wait();
  {
    const std::scoped_lock lock(mutex_);
    follow();
  }
  JobRecord record = read_job_record(folder_);
  if (!is_final(record.status)) {
    finalise_ended(folder_, ending(status), listener_);
    record = read_job_record(folder_);
  }
  if (record.last_sequence == before.last_sequence || !is_final(record.status)) {
    throw lock_state(folder_.owner()) == LockState::held
        ? busy_job_error(folder_)
        : permanent_error(k_crashed, ending(status).why + " before it began the job");
  }
  return record;
}

void IsolatedJob::start() {
  SpawnSettings spawn;
  // What a plugin prints is no result of ours.
  (void)posix_spawn_file_actions_adddup2(spawn.actions(), STDERR_FILENO, STDOUT_FILENO);
  std::vector<std::string> arguments = arguments_;
  const std::vector<char*> argv = argument_pointers(arguments);
  const std::scoped_lock lock(mutex_);
  const int error = posix_spawn(&pid_, "/proc/self/exe", spawn.actions(), spawn.attributes(),
                                argv.data(), environ);
  if (error != 0) {
    pid_ = -1;
    throw system_error(error, "cannot start a process for the job");
  }
  if (stop_reason_ != StopReason::none) {
    send(stop_reason_ == StopReason::checkpoint ? SIGUSR1 : SIGTERM);
  }
}

// Looked at before it is reaped, so that no signal of ours reaches another process of its number.
int IsolatedJob::wait() {
  const pid_t pid = [this] {
    const std::scoped_lock lock(mutex_);
    return pid_;
  }();
  siginfo_t info{};
  while (waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  const std::scoped_lock lock(mutex_);
  int status = 0;
  while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = -1;
  return status;
}

void IsolatedJob::follow() {
  const std::uint64_t before = read_;
  try {
    read_journal(folder_.journal(), read_, [this](Event&& event) {
      if (listener_ != nullptr) {
        listener_->on_event(event);
      }
    });
  } catch (const JobError&) { // what the journal says in the end is read when the process has ended
  }
  if (read_ != before) {
    heard_ = std::chrono::steady_clock::now();
  }
}

void IsolatedJob::tick() {
  const std::scoped_lock lock(mutex_);
  follow();
  const auto now = std::chrono::steady_clock::now();
  if (now - std::exchange(looked_, now) >= k_longest_pause) {
    heard_ = now; // this process was stopped, and so perhaps was the child
  }
  if (now - heard_ >= k_longest_silence) {
    silenced_ = true;
    send(SIGKILL);
  }
}

void IsolatedJob::send(int number) const {
  if (pid_ > 0) {
    (void)kill(pid_, number);
  }
}

void IsolatedJob::stop(StopReason reason) {
  const std::scoped_lock lock(mutex_);
  if (stop_reason_ == StopReason::none) {
    stop_reason_ = reason;
    stopped_ = std::chrono::steady_clock::now();
    send(reason == StopReason::checkpoint ? SIGUSR1 : SIGTERM);
  }
}

bool IsolatedJob::is_overdue() const {
  const std::scoped_lock lock(mutex_);
  return stopped_ && std::chrono::steady_clock::now() - *stopped_ >= grace_ + k_more_grace;
}

bool IsolatedJob::abandon() {
  const std::scoped_lock lock(mutex_);
  send(SIGKILL);
  return false;
}

JobEnding IsolatedJob::ending(int status) const {
  const std::scoped_lock lock(mutex_);
  if (stop_reason_ != StopReason::none) {
    return {JobStatus::revoked,
            stop_reason_ == StopReason::checkpoint ? "checkpoint" : "interrupted",
            "stopped before the job's process had ended; run it again to go on"};
  }
  if (silenced_) {
    return {JobStatus::failure, k_crashed,
            fmt::format("the job's process gave no sign of life for {} and was killed",
                        print_duration(k_longest_silence))};
  }
  return {JobStatus::failure, k_crashed, "the job's process " + how_it_ended(status)};
}

void die_with(std::int64_t parent) {
  (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
  (void)prctl(PR_SET_NAME, "nightshift"); // else the name that it was started by: exe
  if (getppid() != parent) {              // it ended before the kernel knew
    _exit(EXIT_FAILURE);
  }
}

} // namespace nightshift
