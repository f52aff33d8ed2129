// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/capture.hpp>
#include <nightshift/session.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nightshift::sqlite {

// A span of seconds that grows over each time it is given.
struct Hull {
  std::optional<std::int64_t> first;
  std::optional<std::int64_t> last;

  void add(std::int64_t seconds) noexcept {
    first = first && *first < seconds ? first : seconds;
    last = last && *last > seconds ? last : seconds;
  }

  friend bool operator==(const Hull&, const Hull&) = default;
};

// What the captures of one folder add up to, taken in one by one. Keeps their times as well, to
// make fragments of, unless they are too many to be kept in memory.
class FolderTally {
 public:
  void add_present(std::optional<std::int64_t> time, std::int64_t size);

  void add_missing() noexcept { ++missing_; }

  [[nodiscard]] std::int64_t captures() const noexcept { return captures_; }

  [[nodiscard]] std::int64_t bytes() const noexcept { return bytes_; }

  [[nodiscard]] std::int64_t undated() const noexcept { return undated_; }

  [[nodiscard]] std::int64_t missing() const noexcept { return missing_; }

  [[nodiscard]] const Hull& times() const noexcept { return hull_; }

  // Nothing if there were too many times to keep. Sorts what it keeps.
  [[nodiscard]] std::optional<std::vector<Fragment>> fragments(std::int64_t folder_id,
                                                               std::chrono::seconds max_gap);

 private:
  std::int64_t captures_ = 0;
  std::int64_t bytes_ = 0;
  std::int64_t undated_ = 0;
  std::int64_t missing_ = 0;
  Hull hull_;
  bool times_kept_ = true;
  std::vector<std::int64_t> times_;
};

} // namespace nightshift::sqlite
