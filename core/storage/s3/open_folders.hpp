// SPDX-License-Identifier: Apache-2.0
//
// From keys in their order to folders. The order of keys interleaves a folder with its subfolders
// ("a/1.jpg", "a/b/2.jpg", "a/c.jpg"), so the folders that the current key lies in are all open,
// and one is finished when a key lies in it no longer.

#pragma once

#include "core/storage/s3/listing_plan.hpp"
#include "core/storage/s3/live_ranges.hpp"

#include <nightshift/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

// What the ranges of one listing have in common; outlives them.
struct FolderContext {
  const ListQuery& query;
  FolderSink sink;
  PartLimits limits;
  const FolderSet& own; // folders whose own objects are listed by themselves
  LiveRanges& live;
  PartBudget& budget;
};

// The open folders of one range. One thread at a time.
class OpenFolders {
 public:
  // For the keys of `range`, all below the query's prefix, or if `only` is a folder that of them.
  OpenFolders(const FolderContext& context, KeyRange range, const std::optional<std::string>& only);
  OpenFolders(const OpenFolders&) = delete;
  OpenFolders& operator=(const OpenFolders&) = delete;
  ~OpenFolders() = default;

  // The next object. What lies in a folder that is litter, or has such a name itself, is skipped,
  // and counted in the nearest folder above that is none.
  void take(std::string_view key, std::int64_t size, std::int64_t last_modified,
            std::string_view etag);

  // No more objects for now: let others write the folders that are shared, and hand parts over if
  // those of all ranges keep too much.
  void settle();

  // The range is to end at the first of `boundaries`, and others will begin at each of them: have
  // the folders that they lie in shared.
  void cut(const std::vector<std::string>& boundaries);

  // The range has ended.
  void finish();

 private:
  struct Open {
    std::string path;
    bool is_litter = false;
    bool is_elsewhere = false;      // its objects are listed by themselves
    SharedFolder* shared = nullptr; // or `own`, once there is something to write
    std::optional<PartWriter> own = {};
  };

  void enter(std::string_view folder);
  void open(std::string_view path, bool is_litter);
  void close_last();
  void release();
  void share(std::string_view folder);
  [[nodiscard]] PartWriter* writer();
  [[nodiscard]] std::size_t memory() const noexcept;

  const FolderContext& context_;
  KeyRange range_;
  bool lists_one_folder_;
  std::vector<Open> open_;            // from the outermost on; never empty
  std::size_t target_ = 0;            // the innermost that is no litter
  PartWriter* writer_ = nullptr;      // of the target, once it was asked for
  std::unique_lock<std::mutex> lock_; // of the target, if it is shared and `writer_` is set
  std::size_t settled_ = 0;           // bytes in own parts
};

} // namespace nightshift::s3
