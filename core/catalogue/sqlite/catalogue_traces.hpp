// SPDX-License-Identifier: Apache-2.0
//
// A catalogue looked at from outside. Whoever has it open keeps a log ("-wal") and shared memory
// ("-shm") beside it; SQLite's usual ways to read make them, too. With both there it can read a
// snapshot and map the shared memory read-only, whether their owner lives or was killed. With a log
// alone, as in a restored backup, it cannot without writing.

#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace nightshift::sqlite {

// A file as far as a change to it shows from outside.
struct Trace {
  bool exists = false;
  ino_t inode = 0;
  off_t size = 0;
  std::int64_t modified = 0; // nanoseconds

  friend bool operator==(const Trace&, const Trace&) = default;
};

struct Traces {
  Trace file;
  Trace log;
  bool shared_memory = false;

  [[nodiscard]] bool in_use() const noexcept { return log.exists && shared_memory; }

  friend bool operator==(const Traces&, const Traces&) = default;
};

// Throws `JobError` if it cannot be told.
[[nodiscard]] Traces traces_of(const std::filesystem::path& file);

[[nodiscard]] std::filesystem::path beside(const std::filesystem::path& file,
                                           std::string_view suffix);

// For `Database::Access::observe`: "file:...?mode=ro&<how>".
[[nodiscard]] std::string observed_uri(const std::filesystem::path& file, std::string_view how);

} // namespace nightshift::sqlite
