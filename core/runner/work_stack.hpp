// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/executor.hpp>
#include <nightshift/function_ref.hpp>

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace nightshift {

// How many may take work, the first one among them. Those beyond `ready` only help where the others
// wait for something else than a processor.
struct TakerLimits {
  int ready = 1;
  int most = 1;
};

// Work that grows while it is done, for several takers: the newest item first. Who finds none
// sleeps until there is one or all is done; to look again and again, as TBB's own loop does, would
// take the processor from those who have work. Takers are called as there is work for them: to wake
// a thread takes longer than to list a small folder. Any thread.
class WorkStack {
 public:
  enum class Call : std::uint8_t { nobody, taker, reserve };

  // There is one taker.
  WorkStack(std::vector<WorkItem> items, TakerLimits limits);

  void add(WorkItem item);

  // Who is to be called, because more items wait than takers have nothing to do. A taker counts
  // from then on; of reserves, who are to `stand_by` first, one at a time is called. To be asked
  // after `add`, until it says nobody.
  [[nodiscard]] Call call();

  // Until one more taker is of use, which the caller is from then on, or all is done: false.
  // `is_of_use` is asked every few milliseconds whether it would be, as far as it goes by anything
  // else than that items wait; without a lock.
  [[nodiscard]] bool stand_by(FunctionRef<bool()> is_of_use);

  // The next item, to be told as `done` before another is taken; null once all is done.
  [[nodiscard]] WorkItem take();

  void done();

 private:
  [[nodiscard]] bool is_over() const noexcept { return items_.empty() && under_way_ == 0; }

  [[nodiscard]] bool wants_taker() const noexcept { return items_.size() > free_takers_; }

  std::mutex mutex_; // of what follows
  std::condition_variable changed_;
  std::condition_variable over_; // of its own, so that an item wakes nobody who does not take it
  std::vector<WorkItem> items_;
  std::size_t under_way_ = 0;
  std::size_t free_takers_ = 1; // asleep, or about to take
  std::size_t uncalled_takers_;
  std::size_t uncalled_reserves_;
  bool has_reserve_ = false; // who stands by
};

} // namespace nightshift
