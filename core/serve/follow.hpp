// SPDX-License-Identifier: Apache-2.0
//
// Following the journals of jobs. However many follow a job, its journal is watched once and each
// piece of it read once: a follower holds no more than the place where it is, and the piece that it
// is sending, which it shares with all who are at the same place.

#pragma once

#include "core/base/file_watch.hpp"
#include "core/record/state_dir.hpp"
#include "core/serve/message.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace nightshift::serve {

// The journal of one job.
class JournalFeed {
 public:
  JournalFeed(JobFolder folder, FileWatch& watch);
  JournalFeed(const JournalFeed&) = delete;
  JournalFeed& operator=(const JournalFeed&) = delete;
  ~JournalFeed();

  struct Piece {
    SharedText text; // may be empty
    std::uint64_t end = 0;
  };

  // What comes after byte `offset`. Any thread.
  [[nodiscard]] Piece at(std::uint64_t offset);

  // Whether nothing comes after byte `offset` any more. Any thread.
  [[nodiscard]] bool ends_at(std::uint64_t offset) const;

  // Called when there may be more; until `remove` returns. Any thread.
  void add(const void* follower, std::function<void()> more);
  void remove(const void* follower);

  // See whether it has grown or ended. One thread.
  void look(bool tell_anyway);

 private:
  const JobFolder folder_;
  FileWatch& watch_;
  const int watched_;
  mutable std::mutex mutex_; // of what follows
  std::uint64_t begin_ = 0;  // of the piece
  Piece piece_;
  std::uint64_t size_ = 0;
  bool over_ = false; // at `size_`
  std::map<const void*, std::function<void()>> followers_;
};

class FollowerHub {
 public:
  FollowerHub();
  FollowerHub(const FollowerHub&) = delete;
  FollowerHub& operator=(const FollowerHub&) = delete;
  ~FollowerHub(); // no stream is left by then

  // The events of a job after number `sequence`, to the job's end. Throws `JobError`. Any thread.
  [[nodiscard]] std::unique_ptr<Stream> follow(const JobFolder& folder, std::uint64_t sequence);

  // How many follow now. Any thread.
  [[nodiscard]] std::size_t count() const noexcept { return *count_; }

 private:
  void watch();

  FileWatch watch_;
  std::shared_ptr<std::atomic<std::size_t>> count_ = std::make_shared<std::atomic<std::size_t>>(0);
  std::atomic<bool> stop_ = false;
  std::mutex mutex_; // of what follows
  std::map<std::int64_t, std::weak_ptr<JournalFeed>> feeds_;
  std::thread thread_; // last: it uses the others
};

} // namespace nightshift::serve
