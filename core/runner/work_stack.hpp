// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace nightshift {

// Work that grows while it is done, for several takers: the newest item first. Who finds none
// sleeps until there is one or all is done; to look again and again, as TBB's own loop does, would
// take the processor from those who have work. Takers are called as there is work for them: to wake
// a thread takes longer than to list a small folder. Any thread.
class WorkStack {
 public:
  // There is one taker; there may be `most_takers`.
  WorkStack(std::vector<WorkItem> items, int most_takers);

  void add(WorkItem item);

  // Whether one more taker is to be called, who counts from then on: more items wait than takers
  // have nothing to do. To be asked after `add`, until it says no.
  [[nodiscard]] bool calls_taker();

  // The next item, to be told as `done` before another is taken; null once all is done.
  [[nodiscard]] WorkItem take();

  void done();

 private:
  std::mutex mutex_; // of what follows
  std::condition_variable changed_;
  std::vector<WorkItem> items_;
  std::size_t under_way_ = 0;
  std::size_t free_takers_ = 1; // asleep, or about to take
  std::size_t uncalled_takers_;
};

} // namespace nightshift
