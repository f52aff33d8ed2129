// SPDX-License-Identifier: Apache-2.0

#include "core/runner/cancel_watch.hpp"

#include <utility>

namespace nightshift {
namespace {

constexpr std::chrono::milliseconds k_look_for_requests_again{
    2000}; // where nothing tells of a change

} // namespace

CancelWatch::CancelWatch() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

CancelWatch::~CancelWatch() {
  thread_.request_stop();
  watch_.wake();
}

void CancelWatch::add(const JobFolder& folder, Handler on_request) {
  {
    const std::scoped_lock lock(mutex_);
    const int number = watch_.add(folder.path);
    jobs_[folder.id] = {folder, std::move(on_request), number};
  }
  watch_.wake(); // it may have been asked already
}

void CancelWatch::remove(std::int64_t job) {
  const std::scoped_lock lock(mutex_);
  if (const auto found = jobs_.find(job); found != jobs_.end()) {
    watch_.forget(found->second.number);
    jobs_.erase(found);
  }
}

void CancelWatch::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    look();
    watch_.wait(k_look_for_requests_again);
  }
}

void CancelWatch::look() {
  const std::scoped_lock lock(mutex_);
  for (auto& [id, job] : jobs_) {
    if (job.answered) {
      continue;
    }
    if (const auto request = read_cancel_request(job.folder)) {
      job.answered = true;
      job.on_request(*request);
    }
  }
}

} // namespace nightshift
