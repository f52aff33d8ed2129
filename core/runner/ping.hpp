// SPDX-License-Identifier: Apache-2.0
//
// A dead-man switch: a server is told that a run begins and how it ended, and raises the alarm when
// it hears nothing. The URL is the only secret of it, so no message shows more than its host. What
// healthchecks.io and its like understand: URL/start, URL/<exit code>, URL/log, each a POST.

#pragma once

#include "core/base/http.hpp"

#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

namespace nightshift {

// Throws `JobError` (`config`) that says where it stands, `origin`, but not the URL, if it is none.
void check_ping_url(const std::string& url, std::string_view origin);

// `url` with `signal` as the last part of its path, before its query.
[[nodiscard]] std::string ping_target(std::string_view url, std::string_view signal);

// The ping of one run. It never fails the run and holds it up only at its end, within the timeouts.
class Ping {
 public:
  static constexpr std::size_t k_longest_body = 10'000;

  explicit Ping(const HttpTimeouts& timeouts = {}) : timeouts_(timeouts) {}

  // The run begins, and is to be told to `url`. A second call changes nothing: the first URL that
  // is known is the one.
  void start(const std::string& url);

  // The run ended: `signal` is its exit code, or "log" for what says nothing about its health.
  // Waits for the answer. Nothing happens if it was never started.
  void finish(std::string_view signal, std::string_view body);

  [[nodiscard]] bool started() const noexcept { return !url_.empty(); }

  // The first thing that went wrong, as a sentence.
  [[nodiscard]] std::optional<std::string> warning() const;

 private:
  void send(std::string_view signal, std::string_view body);

  const HttpTimeouts timeouts_;
  std::string url_;
  mutable std::mutex mutex_; // of what follows
  std::optional<std::string> warning_;
  std::jthread starting_; // last: it uses the others
};

} // namespace nightshift
