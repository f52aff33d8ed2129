// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/object.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nightshift::data_storage_sync {

// Which captures to keep when a job has a limit.
struct SampleRules {
  std::size_t limit = 0;
  bool shuffle = true; // at random instead of the first by the bytes of their keys
  std::uint64_t seed = 0;
};

// Keeps at most `limit` of the objects it is shown, in memory for so many. Which ones depends on
// the objects and the rules alone, never on the order in which they come: each has a rank, its key
// or a seeded hash of it, and the lowest stay. One caller at a time.
class CaptureSample {
 public:
  explicit CaptureSample(const SampleRules& rules) : rules_(rules) {}

  void add(const FolderPart& part);

  // What was kept, as whole folders in the order of their paths, objects by name. Empties the
  // sample.
  [[nodiscard]] std::vector<FolderPart> take();

  [[nodiscard]] std::size_t size() const noexcept { return kept_.size(); }

 private:
  struct Kept {
    std::uint64_t hash = 0; // 0 without `shuffle`
    std::string key;
    std::string etag;
    std::int64_t size = 0;
    std::int64_t last_modified = 0;
  };

  [[nodiscard]] static bool ranks_before(const Kept& a, const Kept& b) noexcept;

  SampleRules rules_;
  std::vector<Kept> kept_; // a heap, the highest rank first
};

} // namespace nightshift::data_storage_sync
