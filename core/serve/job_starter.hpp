// SPDX-License-Identifier: Apache-2.0
//
// Jobs run as commands of this program, in processes that are none of the server's business once
// they have begun: they hold their own locks, tell their own journals, and go on when the server is
// gone, however it goes.

#pragma once

#include "core/base/file.hpp"
#include "core/record/state_dir.hpp"

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::serve {

// A command under way, or ended.
class ChildCommand {
 public:
  // Start `nightshift ARGUMENTS…` in a session of its own. Throws `JobError`.
  explicit ChildCommand(std::vector<std::string> arguments);
  ChildCommand(ChildCommand&&) noexcept = default;
  ChildCommand& operator=(ChildCommand&&) noexcept = default;
  ~ChildCommand() = default; // it goes on

  // Its exit code, once it has ended; 128 and the signal's number if that ended it.
  [[nodiscard]] std::optional<int> ended();

  // Wait for that.
  [[nodiscard]] int wait();

  // What it has printed so far on both its streams.
  [[nodiscard]] std::string output() const;

  [[nodiscard]] pid_t pid() const noexcept { return pid_; }

 private:
  Fd output_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

struct StarterSettings {
  std::filesystem::path state_dir;
  std::vector<std::filesystem::path> plugin_folders;
  std::size_t most_running = 16; // processes that this server has started
};

// Safe to use from several threads.
class JobStarter {
 public:
  explicit JobStarter(StarterSettings settings) : settings_(std::move(settings)) {}

  JobStarter(const JobStarter&) = delete;
  JobStarter& operator=(const JobStarter&) = delete;

  // A place among the processes that may run at once, kept until a job has begun in it or it is
  // given up. The starter must outlive it.
  class Place {
   public:
    Place(Place&& other) noexcept : starter_(std::exchange(other.starter_, nullptr)) {}

    Place& operator=(Place&&) = delete;
    ~Place();

   private:
    friend class JobStarter;

    explicit Place(JobStarter& starter) : starter_(&starter) {}

    JobStarter* starter_;
  };

  // Before anything is made that would be of no use without one. Throws `ApiError` (429) if too
  // many run.
  [[nodiscard]] Place reserve();

  enum class How : std::uint8_t { start, retry };

  // Have the job run, and wait until its process has taken it up, some seconds at most. Throws
  // `ApiError` (409) with what the command said if it refused.
  void begin(const JobFolder& folder, How how, Place place);

  // Record a job of a job file as CREATED; its id. Throws `ApiError` (409) with what the command
  // said if it refused.
  [[nodiscard]] std::int64_t create(const std::filesystem::path& job_file, const std::string& job);

  // How many of the processes that were started still run. Reaps the others.
  [[nodiscard]] std::size_t running();

 private:
  void reap();
  [[nodiscard]] std::vector<std::string> arguments(std::vector<std::string> command) const;

  const StarterSettings settings_;
  std::mutex mutex_; // of what follows
  std::vector<ChildCommand> running_;
  std::size_t reserved_ = 0;         // places
  std::set<std::int64_t> beginning_; // jobs
};

} // namespace nightshift::serve
