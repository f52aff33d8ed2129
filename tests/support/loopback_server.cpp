// SPDX-License-Identifier: Apache-2.0

#include "tests/support/loopback_server.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <strings.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <tuple>
#include <utility>

namespace nightshift::tests {
namespace {

void check(bool fine, const char* what) {
  if (!fine) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

// A socket bound to a free port of 127.0.0.1, and the port.
std::pair<Fd, std::uint16_t> bound_socket() {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  check(static_cast<bool>(fd), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  check(::bind(fd.get(), any, size) == 0, "bind");
  check(::getsockname(fd.get(), any, &size) == 0, "getsockname");
  return {std::move(fd), ntohs(address.sin_port)};
}

std::string url_of(std::uint16_t port, const std::string& path) {
  return fmt::format("http://127.0.0.1:{}{}", port, path);
}

// The number of bytes that follow the head of a request.
std::size_t content_length(const std::string& head) {
  static constexpr std::string_view k_name = "content-length:";
  for (std::size_t at = 0; (at = head.find('\n', at)) != std::string::npos;) {
    ++at;
    if (::strncasecmp(head.c_str() + at, k_name.data(), k_name.size()) == 0) {
      return std::strtoul(head.c_str() + at + k_name.size(), nullptr, 10);
    }
  }
  return 0;
}

// A whole request; an empty method if the other side went away before its end.
LoopbackServer::Request read_request(int connection) {
  std::string text;
  for (;;) {
    const auto end = text.find("\r\n\r\n");
    if (end != std::string::npos &&
        text.size() >= end + 4 + content_length(text.substr(0, end + 2))) {
      const auto first = text.find(' ');
      const auto second = text.find(' ', first + 1);
      return {text.substr(0, first), text.substr(first + 1, second - first - 1),
              text.substr(end + 4)};
    }
    char buffer[4096];
    const ssize_t count = ::recv(connection, buffer, sizeof buffer, 0);
    if (count <= 0) {
      return {};
    }
    text.append(buffer, static_cast<std::size_t>(count));
  }
}

} // namespace

LoopbackServer::LoopbackServer(int status) : status_(status), stop_(::eventfd(0, EFD_CLOEXEC)) {
  std::tie(listening_, port_) = bound_socket();
  check(::listen(listening_.get(), 16) == 0, "listen");
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  const std::uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  thread_.join();
}

std::string LoopbackServer::url(const std::string& path) const {
  return url_of(port_, path);
}

std::vector<LoopbackServer::Request> LoopbackServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

std::vector<std::string> LoopbackServer::lines() const {
  std::vector<std::string> lines;
  for (const Request& request : requests()) {
    lines.push_back(request.method + " " + request.target);
  }
  return lines;
}

void LoopbackServer::serve() {
  for (;;) {
    pollfd watched[2]{{listening_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 && errno == EINTR) {
      continue;
    }
    if (watched[1].revents != 0) {
      return;
    }
    take(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
}

void LoopbackServer::take(int connection) {
  Fd owned(connection);
  Request request = owned ? read_request(connection) : Request{};
  if (request.method.empty()) {
    return;
  }
  const std::scoped_lock lock(mutex_);
  requests_.push_back(std::move(request));
  if (status_ == k_no_answer) {
    unanswered_.push_back(std::move(owned));
    return;
  }
  const std::string answer = fmt::format(
      "HTTP/1.1 {} Whatever\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", status_);
  (void)::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
}

RefusedPort::RefusedPort() {
  std::tie(socket_, port_) = bound_socket();
}

std::string RefusedPort::url(const std::string& path) const {
  return url_of(port_, path);
}

} // namespace nightshift::tests
