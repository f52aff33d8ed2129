// SPDX-License-Identifier: Apache-2.0

#include "core/base/process.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

namespace nightshift {
namespace {

std::string first_word(const char* path) {
  std::string word;
  std::ifstream(path) >> word;
  return word;
}

// The 22nd field of /proc/self/stat, counted from behind the program's name, which may hold blanks.
std::uint64_t own_start() {
  std::ostringstream text;
  text << std::ifstream("/proc/self/stat").rdbuf();
  const std::string stat = text.str();
  const auto name_end = stat.rfind(')');
  if (name_end == std::string::npos) {
    return 0;
  }
  std::istringstream fields(stat.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) {
    fields >> skipped;
  }
  std::uint64_t start = 0;
  fields >> start;
  return start;
}

} // namespace

ProcessIdentity own_process() {
  utsname system{};
  return {getpid(), uname(&system) == 0 ? system.nodename : "unknown",
          first_word("/proc/sys/kernel/random/boot_id"), own_start()};
}

} // namespace nightshift
