// SPDX-License-Identifier: Apache-2.0
//
// Looks at what lies ahead of a range while its owner goes on listing: a listing has idle workers
// where it is to be cut, and what tells where is a request or several, each as long as a page.

#pragma once

#include "core/storage/s3/range_splitter.hpp"

#include <atomic>
#include <stop_token>
#include <string>
#include <utility>

namespace nightshift::s3 {

// `run` is for one thread, the rest for the owner's.
class Scout {
 public:
  // For what lies between the keys `after` and `until`.
  Scout(Outlook outlook, std::string after, std::string until);

  // Look, until called back or `stop` is requested.
  void run(RangeSplitter& splitter, const std::stop_token& stop);

  [[nodiscard]] bool is_back() const noexcept { return is_back_; }

  // What was seen; once it is back.
  [[nodiscard]] Outlook take() noexcept { return std::move(outlook_); }

  // The owner needs it no longer.
  void call_back() noexcept { called_back_.request_stop(); }

 private:
  Outlook outlook_;
  const std::string after_;
  const std::string until_;
  std::stop_source called_back_;
  std::atomic<bool> is_back_{false};
};

} // namespace nightshift::s3
