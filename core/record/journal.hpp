// SPDX-License-Identifier: Apache-2.0
//
// events.jsonl: one event a line, only ever appended to. A line is written with one call, so a kill
// leaves at most one torn line at the end, which the next open cuts off: an append after a torn
// line would spoil both.

#pragma once

#include "core/base/file.hpp"
#include "core/record/event.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>

namespace nightshift {

// One thread at a time, one process at a time.
class Journal {
 public:
  // Open or make the file, cutting off a torn end. Throws `JobError`.
  explicit Journal(const std::filesystem::path& path);

  void append(const Event& event, Durable durable = Durable::no);

 private:
  std::filesystem::path path_;
  Fd fd_;
};

// What a journal held that is no event: blocks of zeros after a power cut, a torn end, a line of
// a newer version. Readers report it and go on.
struct JournalDamage {
  std::uint64_t lines = 0;
  std::uint64_t bytes = 0;
};

// Hand each event to `sink`, from byte `offset` on, and move `offset` behind the last whole line,
// so that a follower can come back for more. Throws `JobError` if the file cannot be read.
JournalDamage read_journal(const std::filesystem::path& path, std::uint64_t& offset,
                           const std::function<void(Event&&)>& sink);

JournalDamage read_journal(const std::filesystem::path& path,
                           const std::function<void(Event&&)>& sink);

} // namespace nightshift
