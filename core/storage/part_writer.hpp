// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/storage.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

// How large a folder part may become. What a listing keeps in memory is a few parts a thread.
struct PartLimits {
  std::size_t objects = 65'536;
  std::size_t text = std::size_t{4} << 20U; // bytes of names and etags
};

// Gathers what a listing tells of one folder and hands it to a sink, in parts if it is too much for
// one. A part is handed over only when more comes or the folder is finished: `last` is a promise.
class PartWriter {
 public:
  // Borrows what `sink` refers to.
  PartWriter(std::string folder, PartLimits limits, FolderSink sink);

  void add(std::string_view name, std::int64_t size, std::int64_t last_modified,
           std::string_view etag = {}) {
    make_room();
    part_.add(name, size, last_modified, etag);
  }

  void skip(Skip reason) noexcept { part_.skipped.add(reason); }

  // The object could not be examined: the folder will be partial.
  void fail(std::string_view name, std::string why);

  // No more of this folder will come. A folder that held nothing at all is not reported. `version`
  // (see `FolderPart`) is told of a whole folder only.
  void finish(std::optional<std::int64_t> version = std::nullopt);

  // As `finish`, but the folder itself could not be listed, or not to its end.
  void finish_unreadable(std::string why);

  // Hand over all that was gathered but the last object, of which the last part will need one: for
  // who must bound what several writers keep.
  void shed();

  // About how many bytes are kept.
  [[nodiscard]] std::size_t memory() const noexcept { return part_.memory(); }

  [[nodiscard]] const std::string& folder() const noexcept { return folder_; }

 private:
  void make_room() {
    if (part_.objects.size() >= limits_.objects || part_.text.size() >= limits_.text) {
      hand_over(false);
    }
  }

  void hand_over(bool last);

  std::string folder_;
  PartLimits limits_;
  FolderSink sink_;
  FolderPart part_;
  FolderPart::Coverage coverage_ = FolderPart::Coverage::whole; // so far
  bool first_ = true;
};

} // namespace nightshift
