// SPDX-License-Identifier: Apache-2.0
//
// Sorts more entries than memory holds: what fits is sorted and written as a run, runs are merged.

#pragma once

#include "core/storage/manifest/entry_file.hpp"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::manifest {

struct SorterLimits {
  std::size_t memory = std::size_t{20} << 20U; // bytes of entries that are sorted at once
  std::size_t runs = 64;                       // that are merged at once
  std::size_t block = std::size_t{128} << 10U; // bytes of the sorted file that are read at once
};

class EntrySorter {
 public:
  // Temporary files go to `folder`, which is the sorter's own. `files` are the names of what places
  // speak of; they may grow.
  EntrySorter(std::filesystem::path folder, const std::vector<std::string>& files,
              SorterLimits limits);

  // The key is the whole one. Throws `JobError`: `no_space` and the like, and `bad_data` if a key
  // is found to have been there before.
  void add(const Entry& entry, std::string_view key, const std::stop_token& stop);

  // All entries in order; the last call. Throws as `add` does: no key twice gets through.
  [[nodiscard]] EntryFile finish(const std::stop_token& stop);

 private:
  // An entry whose texts are in text_, one after the other.
  struct Record {
    std::size_t text_offset;
    std::uint32_t folder_length;
    std::uint32_t name_length;
    std::uint32_t etag_length;
    Place place;
    std::int64_t size;
    std::int64_t last_modified;
  };

  [[nodiscard]] SplitEntry entry(const Record& record) const noexcept;
  [[nodiscard]] EntryFile write_sorted();
  void spill(const std::stop_token& stop);
  [[nodiscard]] EntryFile merge(std::vector<EntryFile> runs, const std::stop_token& stop);
  [[nodiscard]] EntryFileWriter make_writer();

  std::filesystem::path folder_;
  const std::vector<std::string>& files_;
  SorterLimits limits_;
  std::string text_;
  std::vector<Record> records_;
  std::vector<std::vector<EntryFile>> runs_; // those of level i + 1 are merged from some of level i
  int file_count_ = 0;                       // ever made
};

} // namespace nightshift::manifest
