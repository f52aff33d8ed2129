// SPDX-License-Identifier: Apache-2.0
//
// One connection: requests one after the other, or a stream until one side has enough. All on the
// one thread of the context.

#pragma once

#include "core/base/file.hpp"
#include "core/serve/http_server.hpp"
#include "core/serve/message.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace nightshift::serve {

class Connection;

enum class Happened : std::uint8_t { timed_out, stream_began, stream_ended };

// What a connection asks of the server.
class ConnectionHost {
 public:
  ConnectionHost() = default;
  ConnectionHost(const ConnectionHost&) = delete;
  ConnectionHost& operator=(const ConnectionHost&) = delete;
  virtual ~ConnectionHost() = default;

  [[nodiscard]] virtual const HttpLimits& limits() const = 0;
  [[nodiscard]] virtual Response refuse(int status, const std::string& why) = 0;

  // Have an answer made elsewhere; `done` is called on the context's thread. False if too many wait
  // already.
  virtual bool answer(Request request, std::function<void(Response)> done) = 0;

  virtual void count(Happened what) = 0;
  virtual void forget(const std::shared_ptr<Connection>& connection) = 0;
  [[nodiscard]] virtual bool stopping() const = 0;
};

class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  // `host` must outlive the connection.
  Connection(boost::asio::io_context& context, Fd fd, ConnectionHost& host);

  void begin();

  // There is no room: say so and close.
  void turn_away();

  // No further request; a stream ends.
  void finish();

  void close();

  // Since when nothing was asked and nothing is under way; nothing otherwise.
  [[nodiscard]] std::optional<std::chrono::steady_clock::time_point> idle_since() const {
    return idle_since_;
  }

 private:
  using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

  void wait_for_request();
  void read_request();
  void take_request();
  void refuse_request(boost::system::error_code error);
  void send(Response response);
  void send_stream();
  void send_next();
  void watch_for_end();
  void sent();
  void linger();
  void give_time(std::chrono::milliseconds time);

  boost::asio::generic::stream_protocol::socket socket_;
  boost::asio::steady_timer deadline_;
  ConnectionHost& host_;
  boost::beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  bool head_only_ = false;
  bool keep_alive_ = false;
  bool sending_ = false;
  std::unique_ptr<Stream> stream_;
  std::array<char, 256> ignored_{}; // of what comes when nothing is asked for
  std::optional<std::chrono::steady_clock::time_point> idle_since_;
};

} // namespace nightshift::serve
