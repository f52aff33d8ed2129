// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

// A mapping of a process.
struct Mapping {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool is_left_out = false; // of a core dump: "dd" of its VmFlags
  bool is_empty = true;     // no page of it is there, as of the terabytes that sanitizers reserve
};

[[nodiscard]] std::vector<Mapping> mappings_of(pid_t pid);

// Whether a core dump of this process leaves out what is at `address`.
[[nodiscard]] bool is_left_out(const void* address);

// How often `text` stands in what a core dump of the process would hold, read from outside as gcore
// does it; so this is known whatever the machine does with core dumps.
[[nodiscard]] int count_in_dumpable_memory(pid_t pid, std::string_view text);

// A file of /proc/<pid>, such as "cmdline".
[[nodiscard]] std::string file_of_process(pid_t pid, std::string_view name);

[[nodiscard]] std::vector<pid_t> children_of(pid_t pid);

// How often `text` stands in a file.
[[nodiscard]] int count_in_file(const std::filesystem::path& path, std::string_view text);

// Whether the kernel writes a core dump beside a process: into a file, in its working folder.
[[nodiscard]] bool cores_are_files();

} // namespace nightshift::tests
