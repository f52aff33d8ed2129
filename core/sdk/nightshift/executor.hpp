// SPDX-License-Identifier: Apache-2.0
//
// Parallel work without a scheduler's headers: the runner decides how many threads there are, and a
// test runs everything on one.

#pragma once

#include <nightshift/function_ref.hpp>

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace nightshift {

// A unit of work that has forgotten its type; owns what it points to.
using WorkItem = std::unique_ptr<void, void (*)(void*)>;

// Takes further work while some is being done. Usable only during the call it was passed to.
using WorkFeeder = FunctionRef<void(WorkItem item)>;

// Calls return when all the work is done. The first exception stops the rest and is rethrown to
// the caller, and so is a stop request, as a cancelled `JobError`. Never wait, inside a body, for
// another parallel operation while holding a lock.
class Executor {
 public:
  Executor(const Executor&) = delete;
  Executor& operator=(const Executor&) = delete;
  virtual ~Executor() = default;

  // How many calls may be in progress at once.
  [[nodiscard]] virtual std::size_t concurrency() const noexcept = 0;

  // Call `body(begin, end)` on disjoint ranges of at most `grain` elements, which is at least 1,
  // that cover [0, count). Bodies run on the caller's thread and on others.
  virtual void bulk(std::size_t count, std::size_t grain,
                    FunctionRef<void(std::size_t begin, std::size_t end)> body) = 0;

  // Call `body` on each of `items` and on each item that a body feeds, newest first where that is
  // possible, so that walking a tree keeps few items waiting. On threads as `bulk` does.
  virtual void grow(std::vector<WorkItem> items,
                    FunctionRef<void(void* item, WorkFeeder feed)> body) = 0;

 protected:
  Executor() = default;
};

// Call `body(i)` for each i in [0, count).
template <std::invocable<std::size_t> Body>
void parallel_for(Executor& executor, std::size_t count, Body&& body, std::size_t grain = 1) {
  executor.bulk(count, grain, [&body](std::size_t begin, std::size_t end) {
    for (; begin != end; ++begin) {
      body(begin);
    }
  });
}

template <class Item>
[[nodiscard]] WorkItem make_work(Item item) {
  return {new Item(std::move(item)), [](void* p) { delete static_cast<Item*>(p); }};
}

// Call `body(Item&, feed)` for `root` and for each item that a body passes to `feed(Item)`.
template <class Item, class Body>
void parallel_walk(Executor& executor, Item root, Body&& body) {
  std::vector<WorkItem> items;
  items.push_back(make_work(std::move(root)));
  executor.grow(std::move(items), [&body](void* item, WorkFeeder feed) {
    body(*static_cast<Item*>(item), [&feed](Item next) { feed(make_work(std::move(next))); });
  });
}

} // namespace nightshift
