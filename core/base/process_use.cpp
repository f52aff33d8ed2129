// SPDX-License-Identifier: Apache-2.0

#include "core/base/process_use.hpp"

#include <sys/resource.h>

#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace nightshift {
namespace {

// The number behind `name` in a file of lines such as "name: 123 kB".
std::optional<std::int64_t> number_in(const char* path, std::string_view name) {
  std::ifstream file(path);
  std::string word;
  while (file >> word) {
    std::int64_t number = 0;
    if (word == name && file >> number) {
      return number;
    }
    file.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  return std::nullopt;
}

double seconds_of(const timeval& time) noexcept {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

ProcessUse use_of(__rusage_who who) noexcept {
  rusage use{};
  (void)getrusage(who, &use);
  return {seconds_of(use.ru_utime),
          seconds_of(use.ru_stime),
          use.ru_minflt,
          use.ru_majflt,
          use.ru_nvcsw,
          use.ru_nivcsw};
}

} // namespace

ProcessUse own_use() noexcept {
  return use_of(RUSAGE_SELF);
}

ProcessUse use_of_children() noexcept {
  return use_of(RUSAGE_CHILDREN);
}

std::optional<ProcessIo> own_io() {
  constexpr const char* k_file = "/proc/self/io";
  const auto reads = number_in(k_file, "syscr:");
  const auto writes = number_in(k_file, "syscw:");
  const auto disk_read = number_in(k_file, "read_bytes:");
  const auto disk_written = number_in(k_file, "write_bytes:");
  if (!reads || !writes || !disk_read || !disk_written) {
    return std::nullopt;
  }
  return ProcessIo{*reads, *writes, *disk_read, *disk_written};
}

std::int64_t own_peak_memory() {
  return number_in("/proc/self/status", "VmHWM:").value_or(0) * 1024;
}

} // namespace nightshift
