// SPDX-License-Identifier: Apache-2.0
//
// Requests to one server, one after the other, over a connection that is kept.

#pragma once

#include "core/base/secret.hpp"

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct HttpRequest {
  std::string url;                         // sent as it stands, byte for byte
  bool head = false;                       // HEAD instead of GET
  std::vector<std::string> headers = {};   // "name: value"
  std::vector<Secret> secret_headers = {}; // further ones
};

struct HttpHeader {
  std::string name; // in lower case
  std::string value;
};

struct HttpAnswer {
  int status = 0;
  std::vector<HttpHeader> headers;
  std::string body;

  // The value of a header, whose name is given in lower case.
  [[nodiscard]] std::optional<std::string_view> header(std::string_view name) const noexcept;
};

struct HttpSettings {
  std::string server;                   // how messages call it: "https://s3.example.org:8443"
  std::filesystem::path ca_bundle = {}; // "": the system's
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds stall_timeout{60'000}; // with next to nothing coming; at least 1 s
  std::chrono::milliseconds total_timeout{600'000};
  std::size_t largest_body = std::size_t{64} << 20U;
};

// One thread at a time. The environment's proxies are honoured (http_proxy, https_proxy, no_proxy),
// redirections are not followed, certificates are verified. The address of a name is kept for a
// minute, but asked for anew after a request that failed. With https the process must ignore
// SIGPIPE.
class HttpConnection {
 public:
  explicit HttpConnection(HttpSettings settings);
  HttpConnection(const HttpConnection&) = delete;
  HttpConnection& operator=(const HttpConnection&) = delete;
  ~HttpConnection();

  // Send the request and wait for the whole answer, whatever its status, which is valid until the
  // next call. Throws `JobError` with a sentence that names the server and nothing else of the
  // request: transient `unavailable` where there is no whole answer, permanent `unavailable` where
  // the server's certificate is not trusted or a proxy refuses to connect, cancelled at once when
  // `stop` is requested.
  [[nodiscard]] const HttpAnswer& send(const HttpRequest& request, const std::stop_token& stop);

  // As the settings call it.
  [[nodiscard]] const std::string& server() const noexcept;

 private:
  struct Transfer;
  std::unique_ptr<Transfer> transfer_;
};

} // namespace nightshift
