// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/executor.hpp>

#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <vector>

namespace nightshift {

// Work that grows while it is done, for several threads: the newest item first. Who finds none
// sleeps until there is one or all is done; to look again and again, as TBB's own loop does, would
// take the processor from those who have work. Any thread.
class WorkStack {
 public:
  explicit WorkStack(std::vector<WorkItem> items);

  void add(WorkItem item);

  // The next item, to be told as `done` before another is taken; null once all is done.
  [[nodiscard]] WorkItem take();

  void done();

 private:
  std::mutex mutex_; // of what follows
  std::condition_variable changed_;
  std::vector<WorkItem> items_;
  std::size_t under_way_ = 0;
};

} // namespace nightshift
