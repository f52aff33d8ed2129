// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>

namespace nightshift {

// What a process has used since it began.
struct ProcessUse {
  double user_seconds = 0;
  double system_seconds = 0;
  std::int64_t minor_faults = 0; // pages that were in memory already
  std::int64_t major_faults = 0; // pages that had to be read
  std::int64_t voluntary_switches = 0;
  std::int64_t involuntary_switches = 0;
};

[[nodiscard]] ProcessUse own_use() noexcept;

// Of the children that have ended and were waited for.
[[nodiscard]] ProcessUse use_of_children() noexcept;

// System calls that read and write, and what of it went to disks. Source: proc(5), /proc/pid/io.
struct ProcessIo {
  std::int64_t reads = 0;
  std::int64_t writes = 0;
  std::int64_t disk_read_bytes = 0;
  std::int64_t disk_written_bytes = 0;
};

// This process's; nothing where the kernel does not count them.
[[nodiscard]] std::optional<ProcessIo> own_io();

// The most memory in bytes that this program had resident at once; 0 if that cannot be told. Unlike
// getrusage's figure not that of the program which started it.
[[nodiscard]] std::int64_t own_peak_memory();

} // namespace nightshift
