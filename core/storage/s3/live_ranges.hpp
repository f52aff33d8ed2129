// SPDX-License-Identifier: Apache-2.0
//
// The ranges of keys that are being listed or wait for it, and the folders that lie across the
// boundaries between them.
//
// A folder's keys lie side by side, those of its subfolders included. So a range holds most of its
// folders whole and keeps them to itself; those that it may share with others are the ones that a
// boundary lies in. They have one writer for all, and are finished when no range can reach them.

#pragma once

#include "core/storage/part_writer.hpp"

#include <nightshift/key_range.hpp>

#include <atomic>
#include <cstddef>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

// Bounds what the parts of all ranges together keep in memory. Any thread.
class PartBudget {
 public:
  explicit PartBudget(std::size_t limit) noexcept : limit_(limit) {}

  // Somebody kept `before` bytes and now keeps `now`. Whether it should let go of them.
  [[nodiscard]] bool change(std::size_t before, std::size_t now) noexcept {
    return used_.fetch_add(now - before, std::memory_order_relaxed) + (now - before) > limit_;
  }

 private:
  const std::size_t limit_;
  std::atomic<std::size_t> used_{0};
};

// A folder that several ranges write. Hold `mutex` while you do.
class SharedFolder {
 public:
  SharedFolder(PartWriter writer, PartBudget& budget) noexcept
      : writer_(std::move(writer)),
        budget_(budget) {}

  [[nodiscard]] std::mutex& mutex() noexcept { return mutex_; }

  [[nodiscard]] PartWriter& writer() noexcept { return writer_; }

  // Call at the end of some writing.
  void settle();

  // When nobody writes any more.
  void finish();

 private:
  std::mutex mutex_;
  PartWriter writer_;
  PartBudget& budget_;
  std::size_t settled_ = 0; // bytes
};

// What of the key space is yet to be listed by somebody.
struct LiveRange {
  std::string at; // up to which it is listed
  std::string until;
  // A folder of which only the own objects are listed, or nothing: all that lies in the range.
  std::optional<std::string> only = {};
};

// Any thread.
class LiveRanges {
 public:
  using Id = std::list<LiveRange>::iterator;

  LiveRanges(PartLimits limits, FolderSink sink, PartBudget& budget) noexcept
      : limits_(limits),
        sink_(sink),
        budget_(budget) {}

  [[nodiscard]] Id add(LiveRange range);

  // How many ranges more than there are could be listed by so many workers; they count as there
  // until they are given back, or are made by `split`.
  [[nodiscard]] std::size_t reserve(std::size_t workers);
  void give_back(std::size_t reserved);

  // Cut what is left of a range at `boundaries`, which ascend and lie in it; it keeps the first
  // piece. The folders that they lie in must be shared already. The other pieces, in their order,
  // each of which was reserved.
  [[nodiscard]] std::vector<Id> split(Id range, const std::vector<std::string>& boundaries);

  // The range is listed, and told, up to `at`.
  void advance(Id range, std::string_view at);

  // The range is listed to its end.
  void remove(Id range);

  // Have several ranges write `folder`; what one has begun goes on. Its place stays the same.
  SharedFolder& share(std::string_view folder, std::optional<PartWriter> begun);

  // Nothing if it is not shared.
  [[nodiscard]] SharedFolder* find(std::string_view folder);

 private:
  using Folders = std::map<std::string, SharedFolder, std::less<>>;

  [[nodiscard]] std::vector<Folders::node_type> take_out_of_reach(const LiveRange& before);
  static void finish(std::vector<Folders::node_type>&& folders);

  const PartLimits limits_;
  FolderSink sink_;
  PartBudget& budget_;
  std::mutex mutex_; // over what follows; never held while a folder is written
  std::list<LiveRange> ranges_;
  std::size_t reserved_ = 0;
  Folders folders_;
};

} // namespace nightshift::s3
