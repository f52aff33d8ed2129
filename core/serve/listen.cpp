// SPDX-License-Identifier: Apache-2.0

#include "core/serve/listen.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <optional>

namespace nightshift::serve {
namespace {

constexpr int k_backlog = 512;
constexpr int k_first_activated = 3; // as sd_listen_fds(3) has it

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;

  [[nodiscard]] sockaddr* any() { return reinterpret_cast<sockaddr*>(&storage); }

  [[nodiscard]] const sockaddr_in& v4() const {
    return reinterpret_cast<const sockaddr_in&>(storage);
  }

  [[nodiscard]] const sockaddr_in6& v6() const {
    return reinterpret_cast<const sockaddr_in6&>(storage);
  }

  [[nodiscard]] const sockaddr_un& local() const {
    return reinterpret_cast<const sockaddr_un&>(storage);
  }

  [[nodiscard]] bool is_local() const {
    switch (storage.ss_family) {
    case AF_INET:
      return (ntohl(v4().sin_addr.s_addr) >> 24U) == 127;
    case AF_INET6:
      return IN6_IS_ADDR_LOOPBACK(&v6().sin6_addr);
    default:
      return storage.ss_family == AF_UNIX;
    }
  }
};

std::optional<SocketAddress> socket_address(const std::string& host, std::uint16_t port) {
  SocketAddress address;
  auto& v4 = reinterpret_cast<sockaddr_in&>(address.storage);
  if (inet_pton(AF_INET, host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    address.size = sizeof v4;
    return address;
  }
  auto& v6 = reinterpret_cast<sockaddr_in6&>(address.storage);
  if (inet_pton(AF_INET6, host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    address.size = sizeof v6;
    return address;
  }
  return std::nullopt;
}

SocketAddress address_of(const Fd& socket) {
  SocketAddress address;
  (void)getsockname(socket.get(), address.any(), &address.size);
  return address;
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// Not for a child: the same process could not be meant.
std::string take_variable(const char* name) {
  const char* const value = std::getenv(name); // NOLINT(concurrency-mt-unsafe)
  std::string text = value != nullptr ? value : "";
  unsetenv(name); // NOLINT(concurrency-mt-unsafe)
  return text;
}

} // namespace

bool ListenAddress::is_loopback() const {
  const auto address = socket_address(host, port);
  return address && address->is_local();
}

ListenAddress parse_listen_address(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, std::min(colon, text.size()));
  const auto port = colon != std::string_view::npos
                        ? parse_number<std::uint16_t>(text.substr(colon + 1))
                        : std::nullopt;
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  ListenAddress address{host == "localhost" ? "127.0.0.1" : std::string(host), port.value_or(0)};
  if (!port || !socket_address(address.host, *port)) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("--listen {}: write an address and a port, such as 127.0.0.1:8080 or "
                    "[::1]:8080",
                    text));
  }
  return address;
}

Fd listen_on(const ListenAddress& where) {
  auto address = socket_address(where.host, where.port);
  Fd fd(socket(address->storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const int yes = 1;
  (void)setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (!fd || bind(fd.get(), address->any(), address->size) != 0 ||
      listen(fd.get(), k_backlog) != 0) {
    const int why = errno;
    const std::string what = fmt::format("cannot listen on {} port {}", where.host, where.port);
    if (why == EADDRINUSE) {
      throw permanent_error(error_code::k_busy,
                            what + ": another program does; name another port with --listen");
    }
    throw system_error(why, what);
  }
  return fd;
}

std::vector<Fd> take_activated_sockets() {
  const auto pid = parse_number<pid_t>(take_variable("LISTEN_PID"));
  const auto count = parse_number<int>(take_variable("LISTEN_FDS"));
  take_variable("LISTEN_FDNAMES");
  std::vector<Fd> sockets;
  if (pid != getpid() || !count) {
    return sockets;
  }
  for (int fd = k_first_activated; fd < k_first_activated + *count; ++fd) {
    (void)fcntl(fd, F_SETFD, FD_CLOEXEC);
    (void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    sockets.emplace_back(fd);
  }
  return sockets;
}

bool is_local(const Fd& socket) {
  return address_of(socket).is_local();
}

std::string url_of(const Fd& socket) {
  const SocketAddress address = address_of(socket);
  std::array<char, INET6_ADDRSTRLEN> text{};
  switch (address.storage.ss_family) {
  case AF_INET:
    inet_ntop(AF_INET, &address.v4().sin_addr, text.data(), text.size());
    return fmt::format("http://{}:{}/", text.data(), ntohs(address.v4().sin_port));
  case AF_INET6:
    inet_ntop(AF_INET6, &address.v6().sin6_addr, text.data(), text.size());
    return fmt::format("http://[{}]:{}/", text.data(), ntohs(address.v6().sin6_port));
  default:
    return fmt::format("unix:{}", address.local().sun_path);
  }
}

} // namespace nightshift::serve
