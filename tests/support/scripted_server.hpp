// SPDX-License-Identifier: Apache-2.0
//
// A web server on the loopback interface that answers as a function says, keeps connections open,
// and breaks off where it is told to.

#pragma once

#include "core/base/file.hpp"
#include "tests/support/channel.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace nightshift::tests {

class ScriptedServer {
 public:
  struct Request {
    std::string method;
    std::string target;                         // path and query, as they came
    std::map<std::string, std::string> headers; // by name, in lower case
    int number = 0;                             // from 1, over all connections
    int connection = 0;                         // from 1

    [[nodiscard]] std::string header(const std::string& name) const {
      const auto found = headers.find(name);
      return found != headers.end() ? found->second : std::string();
    }
  };

  enum class Ending : std::uint8_t {
    whole,
    closed,       // whole, and then the connection is closed
    cut,          // half of the body, then closed
    reset,        // half of the body, then reset
    silent,       // half of the body, and then nothing until the server's end
    unanswered,   // nothing at all until the server's end
    disconnected, // closed without a byte
  };

  struct Answer {
    int status = 200;
    std::string body = {};
    std::vector<std::string> headers = {}; // "Name: value"
    Ending ending = Ending::whole;
    std::optional<std::size_t> length = {}; // to pretend another Content-Length
    std::string raw = {};                   // sent in the place of head and body, unless ""
  };

  // Called by several threads at once.
  using Handler = std::function<Answer(const Request& request)>;

  // How a connection is spoken over; nothing where that is not agreed upon.
  using Accept = std::function<std::unique_ptr<Channel>(int socket)>;

  explicit ScriptedServer(Handler handler, Accept accept = plainly);
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  ~ScriptedServer();

  // "http://127.0.0.1:43210"
  [[nodiscard]] std::string url() const;
  [[nodiscard]] std::string host() const; // "127.0.0.1:43210"

  // Without encryption.
  [[nodiscard]] static std::unique_ptr<Channel> plainly(int socket);

  // In their order.
  [[nodiscard]] std::vector<Request> requests() const;

  // How many connections were made to it.
  [[nodiscard]] int connections() const;

 private:
  void accept_all();
  void serve(int connection, int number);
  [[nodiscard]] bool answer(Channel& channel, int connection, const Request& request,
                            const Answer& answer);
  void wait_for_end() const;

  const Handler handler_;
  const Accept accept_;
  Fd listening_;
  Fd stop_;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_; // of what follows
  std::vector<Request> requests_;
  std::vector<Fd> open_;
  std::vector<std::thread> serving_;
  std::thread accepting_; // last: it uses the others
};

// The value of a parameter in a target's query, decoded; nothing if there is none.
[[nodiscard]] std::optional<std::string> query_value(std::string_view target,
                                                     std::string_view name);

} // namespace nightshift::tests
