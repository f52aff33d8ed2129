// SPDX-License-Identifier: Apache-2.0
//
// Records as they lie on disk. A record is a whole log, and those that people look at are asked for
// again and again: the last ones are kept, and given out without copying for as long as the file is
// the same.

#pragma once

#include "core/record/state_dir.hpp"
#include "core/serve/message.hpp"

#include <cstdint>
#include <filesystem>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::serve {

// Tells whether a file is still the one that was read: a record is replaced, never changed.
struct FileStamp {
  std::uint64_t inode = 0;
  std::int64_t changed_ns = 0;
  std::int64_t size = 0;

  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

// Nothing if there is no such file.
[[nodiscard]] std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

struct RecordText {
  SharedText text; // of job.json
  std::string etag;
};

// Safe to use from several threads.
class RecordCache {
 public:
  // The record of a job; one that is lost is finalised first. A record that is missing or damaged
  // is made from the journal. Throws `JobError` if neither can be read.
  [[nodiscard]] RecordText get(const JobFolder& folder);

 private:
  struct Entry {
    std::int64_t id;
    FileStamp stamp;
    RecordText record;
  };

  void keep(Entry entry);

  std::mutex mutex_;         // of what follows
  std::list<Entry> entries_; // newest use first
  std::size_t bytes_ = 0;
};

// The document as a list shows it: without `result`, with empty logs. `record` is the text of a
// record as this program writes it, the logs of which are skipped, not parsed.
[[nodiscard]] std::string list_entry(std::string_view record);

// The document with the newest `most` lines of its logs.
[[nodiscard]] std::string with_logs_limit(std::string_view record, std::size_t most);

} // namespace nightshift::serve
