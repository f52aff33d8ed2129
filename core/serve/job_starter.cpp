// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_starter.hpp"

#include "core/base/file_watch.hpp"
#include "core/base/json.hpp"
#include "core/base/spawn_settings.hpp"
#include "core/record/job_recorder.hpp"
#include "core/serve/api_error.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nightshift::serve {
namespace {

constexpr std::size_t k_most_output = std::size_t{16} << 10U;
constexpr std::chrono::seconds k_patience{20}; // for a process to take up its job
constexpr std::chrono::milliseconds k_look_at_process{
    100}; // at a process, which tells nobody of its end

int exit_code_of_status(int status) {
  constexpr int k_signalled = 128;
  return WIFSIGNALED(status) ? k_signalled + WTERMSIG(status) : WEXITSTATUS(status);
}

// What a command complains of, without its own name before it.
std::string complaint_of(const ChildCommand& command, int exit_code) {
  std::string text = command.output();
  constexpr std::string_view k_prefix = "nightshift: error: ";
  if (const std::size_t at = text.rfind(k_prefix); at != std::string::npos) {
    text.erase(0, at + k_prefix.size());
  }
  while (text.ends_with('\n')) {
    text.pop_back();
  }
  return text.empty() ? fmt::format("its process ended with exit code {}", exit_code) : text;
}

// Takes a job's id out of a set at the end.
class Beginning {
 public:
  Beginning(std::mutex& mutex, std::set<std::int64_t>& jobs, std::int64_t job)
      : mutex_(mutex),
        jobs_(jobs),
        job_(job) {}

  Beginning(const Beginning&) = delete;
  Beginning& operator=(const Beginning&) = delete;

  ~Beginning() {
    const std::scoped_lock lock(mutex_);
    jobs_.erase(job_);
  }

 private:
  std::mutex& mutex_;
  std::set<std::int64_t>& jobs_;
  const std::int64_t job_;
};

} // namespace

// The output is a file in memory: a pipe would end the command's writing with the server.
ChildCommand::ChildCommand(std::vector<std::string> arguments)
    : output_(memfd_create("nightshift-output", MFD_CLOEXEC)) {
  arguments.insert(arguments.begin(), "nightshift");
  SpawnSettings spawn;
  spawn.leave_session();
  auto* const actions = spawn.actions();
  (void)posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  (void)posix_spawn_file_actions_adddup2(actions, output_.get(), STDOUT_FILENO);
  (void)posix_spawn_file_actions_adddup2(actions, output_.get(), STDERR_FILENO);
  const int error = posix_spawn(&pid_, "/proc/self/exe", actions, spawn.attributes(),
                                argument_pointers(arguments).data(), environ);
  if (error != 0) {
    throw system_error(error, "cannot start a process");
  }
}

std::optional<int> ChildCommand::ended() {
  int status = 0;
  if (!exit_code_ && waitpid(pid_, &status, WNOHANG) == pid_) {
    exit_code_ = exit_code_of_status(status);
  }
  return exit_code_;
}

int ChildCommand::wait() {
  int status = 0;
  while (!exit_code_) {
    if (waitpid(pid_, &status, 0) == pid_) {
      exit_code_ = exit_code_of_status(status);
    } else if (errno != EINTR) {
      throw system_error(errno, "cannot wait for a process");
    }
  }
  return *exit_code_;
}

std::string ChildCommand::output() const {
  std::string text(k_most_output, '\0');
  const ssize_t got = pread(output_.get(), text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return text;
}

std::vector<std::string> JobStarter::arguments(std::vector<std::string> command) const {
  command.insert(command.end(), {"--state-dir", settings_.state_dir.string()});
  for (const std::filesystem::path& folder : settings_.plugin_folders) {
    command.insert(command.end(), {"--plugin-dir", folder.string()});
  }
  return command;
}

void JobStarter::reap() {
  std::erase_if(running_, [](ChildCommand& child) { return child.ended().has_value(); });
}

std::size_t JobStarter::running() {
  const std::scoped_lock lock(mutex_);
  reap();
  return running_.size();
}

JobStarter::Place::~Place() {
  if (starter_ != nullptr) {
    const std::scoped_lock lock(starter_->mutex_);
    --starter_->reserved_;
  }
}

JobStarter::Place JobStarter::reserve() {
  const std::scoped_lock lock(mutex_);
  reap();
  const std::size_t taken = running_.size() + reserved_;
  if (taken >= settings_.most_running) {
    throw ApiError(429, "too_many_jobs",
                   fmt::format("{} jobs that were started here run already; try again when one "
                               "has ended",
                               taken))
        .with_header("Retry-After", "10");
  }
  ++reserved_;
  return Place(*this);
}

// The place is kept until the process is among those that run.
void JobStarter::begin(const JobFolder& folder, How how, Place /*place*/) {
  {
    const std::scoped_lock lock(mutex_);
    if (!beginning_.insert(folder.id).second) {
      throw conflict(fmt::format("job {} is being started", folder.id));
    }
  }
  const Beginning beginning(mutex_, beginning_, folder.id);
  FileWatch watch;
  watch.add(folder.path);
  const JobRecord before = read_job_record(folder);
  ChildCommand child(
      arguments({how == How::start ? "start" : "retry", std::to_string(folder.id), "--quiet"}));
  for (const auto end = std::chrono::steady_clock::now() + k_patience;
       std::chrono::steady_clock::now() < end;) {
    const auto exit_code = child.ended();
    if (read_job_record(folder).last_sequence != before.last_sequence) {
      break; // it may have ended as well: the record tells how
    }
    if (exit_code) {
      throw conflict(complaint_of(child, *exit_code));
    }
    watch.wait(k_look_at_process);
  }
  const std::scoped_lock lock(mutex_);
  running_.push_back(std::move(child));
}

std::int64_t JobStarter::create(const std::filesystem::path& job_file, const std::string& job) {
  ChildCommand child(arguments({"create", job_file.string(), "--only", job, "--json"}));
  const int exit_code = child.wait();
  const Json created = Json::parse(child.output(), nullptr, false);
  if (exit_code != 0 || !created.is_object() || created["ids"].size() != 1) {
    throw conflict(complaint_of(child, exit_code));
  }
  return created["ids"][0].get<std::int64_t>();
}

} // namespace nightshift::serve
