// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nightshift {

// What a stage counts. `listed` = `added` + `changed` + `unchanged` + `skipped` + `failed` when a
// sync has ended well: the runner holds it to that.
enum class Counter : std::uint8_t {
  listed,
  added, // new captures, and missing ones that came back
  changed,
  unchanged,
  skipped,
  failed,
  missing, // captures newly found gone
  undated, // among added and changed
  bytes,   // of the captures seen
  folders,
  folders_changed,
  sessions_regrouped, // sessions written anew, with or without a change
  captures_regrouped, // captures in them
  passed_over,        // captures of folders that were not listed, being known: in no other count
};

inline constexpr std::array<std::string_view, 14> k_counter_names{"listed",
                                                                  "new",
                                                                  "changed",
                                                                  "unchanged",
                                                                  "skipped",
                                                                  "failed",
                                                                  "missing",
                                                                  "undated",
                                                                  "bytes",
                                                                  "folders",
                                                                  "folders_changed",
                                                                  "sessions_regrouped",
                                                                  "captures_regrouped",
                                                                  "passed_over"};

[[nodiscard]] constexpr std::string_view to_string(Counter counter) noexcept {
  return k_counter_names[static_cast<std::size_t>(counter)];
}

// The counters of one stage. Any thread may change them at any time; the runner reads them about
// once a second.
class StageProgress {
 public:
  void add(Counter counter, std::int64_t count = 1) noexcept {
    counters_[static_cast<std::size_t>(counter)].fetch_add(count, std::memory_order_relaxed);
  }

  [[nodiscard]] std::int64_t get(Counter counter) const noexcept {
    return counters_[static_cast<std::size_t>(counter)].load(std::memory_order_relaxed);
  }

  // Work done and to do, in a unit of the stage's choice. A total of 0 says that it is not known.
  void set_done(std::int64_t done) noexcept { done_.store(done, std::memory_order_relaxed); }

  void add_done(std::int64_t count) noexcept { done_.fetch_add(count, std::memory_order_relaxed); }

  void set_total(std::int64_t total) noexcept { total_.store(total, std::memory_order_relaxed); }

  [[nodiscard]] std::int64_t done() const noexcept { return done_.load(std::memory_order_relaxed); }

  [[nodiscard]] std::int64_t total() const noexcept {
    return total_.load(std::memory_order_relaxed);
  }

  // How far the stage is, from 0 to 1, where that can be told only roughly and the total is not
  // known. Going back is ignored.
  void set_fraction(double fraction) noexcept {
    const auto parts = static_cast<std::int64_t>(fraction * k_fraction_parts);
    std::int64_t now = fraction_.load(std::memory_order_relaxed);
    while (parts > now && !fraction_.compare_exchange_weak(now, parts, std::memory_order_relaxed)) {
    }
  }

  // Done by total where that is known, else what was set.
  [[nodiscard]] double fraction() const noexcept {
    const std::int64_t all = total();
    return all > 0 ? static_cast<double>(done()) / static_cast<double>(all)
                   : static_cast<double>(fraction_.load(std::memory_order_relaxed)) /
                         static_cast<double>(k_fraction_parts);
  }

  // The value of the stage's `index`-th parameter, in the order of `JobTypeInfo::stage_parameters`;
  // out of range is ignored.
  void set_parameter(std::size_t index, std::int64_t value) noexcept {
    if (index < parameters_.size()) {
      parameters_[index].store(value, std::memory_order_relaxed);
    }
  }

  [[nodiscard]] std::int64_t parameter(std::size_t index) const noexcept {
    return index < parameters_.size() ? parameters_[index].load(std::memory_order_relaxed) : 0;
  }

 private:
  static constexpr std::int64_t k_fraction_parts = 1'000'000;

  std::array<std::atomic<std::int64_t>, k_counter_names.size()> counters_{};
  std::atomic<std::int64_t> done_{0};
  std::atomic<std::int64_t> total_{0};
  std::atomic<std::int64_t> fraction_{0};
  std::array<std::atomic<std::int64_t>, 8> parameters_{};
};

} // namespace nightshift
