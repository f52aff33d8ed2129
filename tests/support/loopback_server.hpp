// SPDX-License-Identifier: Apache-2.0
//
// A web server on the loopback interface that records what it is asked and answers as it is told.

#pragma once

#include "core/base/file.hpp"

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nightshift::tests {

class LoopbackServer {
 public:
  struct Request {
    std::string method;
    std::string target; // path and query
    std::string body;
  };

  static constexpr int k_no_answer = 0; // take the request and say nothing until the end

  // Answers every request with `status`.
  explicit LoopbackServer(int status = 200);
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  // "http://127.0.0.1:43210" + path
  [[nodiscard]] std::string url(const std::string& path) const;

  // Those read completely, in their order.
  [[nodiscard]] std::vector<Request> requests() const;

  // "POST /start", one a request.
  [[nodiscard]] std::vector<std::string> lines() const;

 private:
  void serve();
  void take(int connection);

  const int status_;
  Fd listening_;
  Fd stop_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_; // of what follows
  std::vector<Request> requests_;
  std::vector<Fd> unanswered_;
  std::thread thread_; // last: it uses the others
};

// A port at which nobody listens, for as long as this lives.
class RefusedPort {
 public:
  RefusedPort();
  [[nodiscard]] std::string url(const std::string& path) const;

 private:
  Fd socket_;
  std::uint16_t port_ = 0;
};

} // namespace nightshift::tests
