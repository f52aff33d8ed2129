// SPDX-License-Identifier: Apache-2.0

#include "tests/support/http_client.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace nightshift::tests {
namespace {

constexpr int k_patience_ms = 60'000;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return text;
}

HttpAnswer parse_head(std::string_view head) {
  HttpAnswer answer;
  answer.status = std::atoi(std::string(head.substr(head.find(' ') + 1, 3)).c_str());
  while (true) {
    const std::size_t line = head.find("\r\n");
    if (line == std::string_view::npos) {
      return answer;
    }
    head.remove_prefix(line + 2);
    const std::string_view field = head.substr(0, head.find("\r\n"));
    if (const std::size_t colon = field.find(':'); colon != std::string_view::npos) {
      std::string_view value = field.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      answer.headers[lower(std::string(field.substr(0, colon)))] = std::string(value);
    }
  }
}

bool names_host(const HttpHeaders& headers) {
  return std::any_of(headers.begin(), headers.end(),
                     [](const auto& header) { return lower(header.first) == "host"; });
}

bool names_type(const HttpHeaders& headers) {
  return std::any_of(headers.begin(), headers.end(),
                     [](const auto& header) { return lower(header.first) == "content-type"; });
}

} // namespace

HttpConnection::HttpConnection(std::uint16_t port)
    : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw std::system_error(errno, std::generic_category(), "connect");
  }
}

// The other side may have closed already, which the answer shows.
void HttpConnection::send(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t sent = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

std::string HttpConnection::receive() const {
  pollfd readable{fd_.get(), POLLIN, 0};
  if (::poll(&readable, 1, k_patience_ms) == 0) {
    throw std::runtime_error("the server says nothing");
  }
  std::string bytes(65536, '\0');
  const ssize_t got = ::recv(fd_.get(), bytes.data(), bytes.size(), 0);
  bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  return bytes;
}

std::string HttpConnection::receive_all() const {
  std::string all = pending_;
  for (std::string more = receive(); !more.empty(); more = receive()) {
    all += more;
  }
  return all;
}

std::string HttpConnection::receive_until(std::string_view text) {
  while (pending_.find(text) == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) {
      throw std::runtime_error(
          fmt::format("the connection ended without \"{}\": {}", text, pending_));
    }
    pending_ += more;
  }
  return std::exchange(pending_, {});
}

HttpAnswer HttpConnection::answer() {
  constexpr std::string_view k_end = "\r\n\r\n";
  while (pending_.find(k_end) == std::string::npos) {
    const std::string more = receive();
    if (more.empty()) {
      return {};
    }
    pending_ += more;
  }
  const std::size_t head = pending_.find(k_end) + k_end.size();
  HttpAnswer answer = parse_head(std::string_view(pending_).substr(0, head));
  pending_.erase(0, head);
  const std::size_t size = std::strtoul(answer.headers["content-length"].c_str(), nullptr, 10);
  while (pending_.size() < size) {
    const std::string more = receive();
    if (more.empty()) {
      break;
    }
    pending_ += more;
  }
  answer.body = pending_.substr(0, size);
  pending_.erase(0, size);
  return answer;
}

HttpAnswer http(std::uint16_t port, std::string_view method, std::string_view target,
                std::string_view body, const HttpHeaders& headers) {
  std::string request = fmt::format("{} {} HTTP/1.1\r\nConnection: close\r\n", method, target);
  if (!names_host(headers)) {
    request += fmt::format("Host: 127.0.0.1:{}\r\n", port);
  }
  if (!body.empty() && !names_type(headers)) {
    request += "Content-Type: application/json\r\n";
  }
  for (const auto& [name, value] : headers) {
    request += fmt::format("{}: {}\r\n", name, value);
  }
  if (!body.empty() || method == "POST" || method == "PATCH") {
    request += fmt::format("Content-Length: {}\r\n", body.size());
  }
  HttpConnection connection(port);
  connection.send(request + "\r\n" + std::string(body));
  if (method != "HEAD") {
    return connection.answer();
  }
  return parse_head(connection.receive_all());
}

} // namespace nightshift::tests
