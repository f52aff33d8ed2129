// SPDX-License-Identifier: Apache-2.0

#include "core/base/spawn_settings.hpp"

#include <csignal>

namespace nightshift {

SpawnSettings::SpawnSettings() {
  (void)posix_spawnattr_init(&attributes_);
  (void)posix_spawn_file_actions_init(&actions_);
  (void)posix_spawnattr_setpgroup(&attributes_, 0);
  set_flags();
}

SpawnSettings::~SpawnSettings() {
  (void)posix_spawnattr_destroy(&attributes_);
  (void)posix_spawn_file_actions_destroy(&actions_);
}

void SpawnSettings::reset_signals() {
  sigset_t none;
  sigset_t all;
  sigemptyset(&none);
  sigfillset(&all);
  (void)posix_spawnattr_setsigmask(&attributes_, &none);
  (void)posix_spawnattr_setsigdefault(&attributes_, &all);
  flags_ |= POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
  set_flags();
}

// The leader of a session leads its group as well, and must not be given one.
void SpawnSettings::leave_session() {
  flags_ = static_cast<short>((flags_ & ~POSIX_SPAWN_SETPGROUP) | POSIX_SPAWN_SETSID);
  set_flags();
}

void SpawnSettings::set_flags() {
  (void)posix_spawnattr_setflags(&attributes_, flags_);
}

std::vector<char*> argument_pointers(std::vector<std::string>& arguments) {
  std::vector<char*> pointers;
  pointers.reserve(arguments.size() + 1);
  for (std::string& argument : arguments) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

} // namespace nightshift
