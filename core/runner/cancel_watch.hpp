// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/file_watch.hpp"
#include "core/record/cancel_request.hpp"
#include "core/record/state_dir.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

namespace nightshift {

// Watches the folders of jobs under way for cancel requests, on a thread of its own.
class CancelWatch {
 public:
  using Handler = std::function<void(const CancelRequest&)>;

  CancelWatch();
  CancelWatch(const CancelWatch&) = delete;
  CancelWatch& operator=(const CancelWatch&) = delete;
  ~CancelWatch();

  // Call `on_request` once if the job is asked to cancel. From the watch's thread.
  void add(const JobFolder& folder, Handler on_request);

  // After this returns, the job's handler is not called any more.
  void remove(std::int64_t job);

 private:
  struct Watched {
    JobFolder folder;
    Handler on_request;
    int number = -1;
    bool answered = false;
  };

  void run(const std::stop_token& stop);
  void look();

  FileWatch watch_;
  std::mutex mutex_; // of what follows
  std::map<std::int64_t, Watched> jobs_;
  std::jthread thread_; // last: it uses the others
};

} // namespace nightshift
