// SPDX-License-Identifier: Apache-2.0
//
// HTTP by hand on a loopback port: what a test wants to send is sent, right or wrong.

#pragma once

#include "core/base/file.hpp"
#include "core/base/json.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::tests {

struct HttpAnswer {
  int status = 0;                             // 0: the connection was closed without an answer
  std::map<std::string, std::string> headers; // names in lower case
  std::string body;

  // Discarded if the body is none.
  [[nodiscard]] Json json() const { return Json::parse(body, nullptr, false); }
};

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

// A connection that is open until it goes.
class HttpConnection {
 public:
  explicit HttpConnection(std::uint16_t port);

  void send(std::string_view bytes) const;

  // The next bytes, some at least; "" at the end. Throws if none come within a minute.
  [[nodiscard]] std::string receive() const;

  // All until the end.
  [[nodiscard]] std::string receive_all() const;

  // Until what came ends with, or holds, `text`; all that came since the last call.
  [[nodiscard]] std::string receive_until(std::string_view text);

  // One answer with a length.
  [[nodiscard]] HttpAnswer answer();

 private:
  Fd fd_;
  std::string pending_;
};

// A request on a connection of its own; a body goes as JSON unless `headers` say otherwise.
[[nodiscard]] HttpAnswer http(std::uint16_t port, std::string_view method, std::string_view target,
                              std::string_view body = {}, const HttpHeaders& headers = {});

} // namespace nightshift::tests
