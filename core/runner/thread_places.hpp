// SPDX-License-Identifier: Apache-2.0
//
// Where each thread of the process is, as the kernel tells it: what a person needs to know of a job
// that stands still.

#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace nightshift {

struct ThreadPlace {
  std::int64_t id = 0;
  std::string name;
  char state = '?';         // R runs, S sleeps, D waits for a disk or a network filesystem
  std::string wait_channel; // where in the kernel it waits; "" if it does not, or not told
  std::string system_call;  // "futex", "a system call (319)"; "" if it is in none, or not told
};

// `tasks` is the folder that the kernel shows a process's threads in. What cannot be read is left
// out.
[[nodiscard]] std::vector<ThreadPlace>
thread_places(const std::filesystem::path& tasks = "/proc/self/task");

// "job 12 (4711): S, in read, at folio_wait_bit"
[[nodiscard]] std::string to_text(const ThreadPlace& place);

[[nodiscard]] Json to_json(const ThreadPlace& place);

// Names the calling thread for those who look at it from outside; at most 15 bytes count.
void name_thread(const std::string& name) noexcept;

} // namespace nightshift
