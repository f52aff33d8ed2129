// SPDX-License-Identifier: Apache-2.0
//
// Entries of a manifest, sorted by folder and name, in a temporary file. A name is kept as what is
// new in it after the one before, so that a capture takes some twenty bytes. The file is a row of
// blocks, each of whole folders, that can be read independently of each other.

#pragma once

#include "core/base/file.hpp"
#include "core/storage/manifest/entry.hpp"

#include <compare>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::manifest {

// An entry, its key split into folder and name.
struct SplitEntry {
  std::string_view folder;
  std::string_view name;
  std::int64_t size = 0;
  std::int64_t last_modified = 0;
  std::string_view etag = {};
  Place place = {};
};

// In which order entries are kept: that of their folders' bytes, then of their names'. So the
// folders under a prefix are neighbours.
[[nodiscard]] inline int compare(const SplitEntry& a, const SplitEntry& b) noexcept {
  const int folders = a.folder.compare(b.folder);
  return folders != 0 ? folders : a.name.compare(b.name);
}

// A finished file. Any thread may read it.
class EntryFile {
 public:
  struct Block {
    std::string first_folder;
    std::uint64_t offset = 0; // in bytes
  };

  EntryFile(Fd fd, std::filesystem::path path, std::vector<Block> blocks, std::uint64_t size)
      : fd_(std::move(fd)),
        path_(std::move(path)),
        blocks_(std::move(blocks)),
        size_(size) {}

  [[nodiscard]] const Fd& fd() const noexcept { return fd_; }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  [[nodiscard]] std::size_t block_count() const noexcept { return blocks_.size(); }

  // Where the block begins, and where it ends.
  [[nodiscard]] std::pair<std::uint64_t, std::uint64_t> extent(std::size_t block) const;

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }

  // The blocks, from the first to before the last, in which folders under `prefix` may be.
  [[nodiscard]] std::pair<std::size_t, std::size_t> blocks_under(std::string_view prefix) const;

 private:
  Fd fd_;
  std::filesystem::path path_;
  std::vector<Block> blocks_;
  std::uint64_t size_;
};

// Writes entries that come in order.
class EntryFileWriter {
 public:
  // Make the file. `files` are the names of what places speak of, for errors. Throws `JobError`.
  EntryFileWriter(std::filesystem::path path, const std::vector<std::string>& files,
                  std::size_t block_size);

  // Throws `bad_data`, naming both places, if the key is that of the entry before.
  void add(const SplitEntry& entry);

  [[nodiscard]] EntryFile finish();

 private:
  void begin_folder(const SplitEntry& entry);
  void write();

  std::filesystem::path path_;
  const std::vector<std::string>& files_;
  std::size_t block_size_;
  Fd fd_;
  std::string buffer_;
  std::string record_;
  std::uint64_t written_ = 0;
  std::vector<EntryFile::Block> blocks_;
  std::string folder_; // of the entry before
  std::string name_;
  std::int64_t last_modified_ = 0;
  Place place_;
};

// Reads the entries between two offsets, which begin and end blocks.
class EntryFileReader {
 public:
  // Borrows `file`.
  EntryFileReader(const EntryFile& file, std::pair<std::uint64_t, std::uint64_t> extent);

  // Go to the next entry; false at the end.
  [[nodiscard]] bool next();

  // Until the next call of `next`.
  [[nodiscard]] const SplitEntry& entry() const noexcept { return entry_; }

  // Whether the entry is the first that was read of its folder.
  [[nodiscard]] bool is_first_of_folder() const noexcept { return is_first_of_folder_; }

 private:
  void require(std::size_t size);
  [[nodiscard]] std::uint64_t take_number();
  [[nodiscard]] std::string_view take_text();

  const EntryFile& file_;
  std::uint64_t at_; // of the file: what follows the buffer
  std::uint64_t end_;
  std::vector<char> buffer_;
  std::size_t buffer_at_ = 0;
  std::size_t buffer_end_ = 0;
  std::string folder_;
  std::string name_;
  SplitEntry entry_;
  bool is_first_of_folder_ = false;
};

} // namespace nightshift::manifest
