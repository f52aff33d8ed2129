// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <spawn.h>

#include <string>
#include <vector>

namespace nightshift {

// How a process is started: attributes and actions for posix_spawn, freed whatever happens. It gets
// a process group of its own, so that the terminal's INT reaches it through us, and once.
class SpawnSettings {
 public:
  SpawnSettings();
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings();

  // Deal with all signals as a new program does, whatever is blocked or ignored here.
  void reset_signals();

  // A session of its own too: neither a terminal's INT nor what ends our group reaches it.
  void leave_session();

  [[nodiscard]] const posix_spawnattr_t* attributes() const noexcept { return &attributes_; }

  [[nodiscard]] posix_spawn_file_actions_t* actions() noexcept { return &actions_; }

 private:
  void set_flags();

  short flags_ = POSIX_SPAWN_SETPGROUP;
  posix_spawnattr_t attributes_{};
  posix_spawn_file_actions_t actions_{};
};

// What posix_spawn takes as arguments; valid as long as they are.
[[nodiscard]] std::vector<char*> argument_pointers(std::vector<std::string>& arguments);

} // namespace nightshift
