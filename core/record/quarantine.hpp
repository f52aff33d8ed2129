// SPDX-License-Identifier: Apache-2.0
//
// failed.jsonl: the objects that an attempt could not examine, one JSON object a line, for whoever
// mends them. Written as they come; nothing is kept in memory.

#pragma once

#include "core/base/file.hpp"
#include "core/base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <string_view>

namespace nightshift {

// Safe to use from several threads.
class Quarantine {
 public:
  static constexpr std::int64_t k_most_lines = 100'000;

  // For a new attempt: what an earlier one left is taken away. The file is made with the first
  // line.
  Quarantine(std::filesystem::path path, Clock clock);
  Quarantine(const Quarantine&) = delete;
  Quarantine& operator=(const Quarantine&) = delete;

  // Beyond `k_most_lines`, a last line says how many were left out.
  ~Quarantine();

  // {"key", "reason", "code", "stage", "time"}; the key as `printable_key` writes it, which loses
  // nothing. A list that cannot be written is not: the journal has the first ones too.
  void add(std::string_view stage, std::string_view key, std::string_view reason) noexcept;

 private:
  void write(std::string_view line);

  const std::filesystem::path path_;
  const Clock clock_;
  std::mutex mutex_; // of what follows
  Fd fd_;
  std::int64_t lines_ = 0;
};

} // namespace nightshift
