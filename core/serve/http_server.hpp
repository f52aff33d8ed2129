// SPDX-License-Identifier: Apache-2.0
//
// HTTP/1.1 on sockets that somebody else opened. One thread does all that waits for the network, so
// that a connection costs memory and no thread, however long it stays; few threads make answers.

#pragma once

#include "core/base/file.hpp"
#include "core/serve/message.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace nightshift::serve {

// What one who asks may take up. Who goes beyond is told so, or dropped.
struct HttpLimits {
  std::size_t header_bytes = std::size_t{16} << 10U;
  std::size_t body_bytes = std::size_t{64} << 10U;
  std::size_t connections = 600;
  std::size_t waiting_requests = 256;        // for a thread; more are refused with 503
  std::chrono::milliseconds request{10'000}; // for a request to come in whole
  std::chrono::milliseconds idle{75'000};    // between two requests
  std::chrono::milliseconds write{30'000};   // for a piece of an answer to be taken
  std::chrono::milliseconds drain{10'000};   // for what is under way, once it is to stop
};

// Numbers so far.
struct HttpFigures {
  std::uint64_t connections = 0; // accepted
  std::uint64_t refused = 0;     // there were too many
  std::uint64_t timed_out = 0;
  std::size_t open = 0;    // now
  std::size_t streams = 0; // now
};

class HttpServer {
 public:
  // Called from several threads at once; must not throw.
  using Handler = std::function<Response(const Request&)>;

  // An answer for a request that never came to be one: "header_too_large", or the like.
  using Refusal = std::function<Response(int status, const std::string& why)>;

  // `sockets` listen already, and do not block.
  HttpServer(std::vector<Fd> sockets, const HttpLimits& limits, Handler handler, Refusal refusal);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  ~HttpServer();

  // Serve until `stop` and for the time it takes to drain. Once.
  void run();

  // Take no more connections, end streams, finish what is under way. Any thread.
  void stop() noexcept;

  // Any thread.
  [[nodiscard]] HttpFigures figures() const;

 private:
  class Engine; // keeps Boost's names out of here
  std::unique_ptr<Engine> engine_;
};

} // namespace nightshift::serve
