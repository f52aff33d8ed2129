// SPDX-License-Identifier: Apache-2.0

#include "tests/support/scripted_server.hpp"

#include <fmt/format.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <system_error>
#include <utility>

namespace nightshift::tests {
namespace {

void check_call(bool fine, const char* what) {
  if (!fine) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

class PlainChannel final : public Channel {
 public:
  explicit PlainChannel(int socket) : socket_(socket) {}

  [[nodiscard]] std::size_t receive(std::span<char> buffer) override {
    const ssize_t count = ::recv(socket_, buffer.data(), buffer.size(), 0);
    return count > 0 ? static_cast<std::size_t>(count) : 0;
  }

  [[nodiscard]] bool send(std::string_view bytes) override {
    while (!bytes.empty()) {
      const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(count));
    }
    return true;
  }

 private:
  int socket_;
};

// Up to and without the blank line; nothing if the other side went away. What came after stays in
// `rest`.
std::optional<std::string> read_head(Channel& channel, std::string& rest) {
  constexpr std::string_view k_end = "\r\n\r\n";
  for (;;) {
    if (const auto end = rest.find(k_end); end != std::string::npos) {
      std::string head = rest.substr(0, end + 2);
      rest.erase(0, end + k_end.size());
      return head;
    }
    std::array<char, 4096> buffer{};
    const std::size_t count = channel.receive(buffer);
    if (count == 0) {
      return std::nullopt;
    }
    rest.append(buffer.data(), count);
  }
}

ScriptedServer::Request parse_head(const std::string& head) {
  ScriptedServer::Request request;
  const auto first = head.find(' ');
  const auto second = head.find(' ', first + 1);
  request.method = head.substr(0, first);
  request.target = head.substr(first + 1, second - first - 1);
  for (std::size_t at = head.find("\r\n"); at + 2 < head.size();) {
    const auto end = head.find("\r\n", at + 2);
    const std::string line = head.substr(at + 2, end - at - 2);
    const auto colon = line.find(": ");
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    request.headers[name] = colon != std::string::npos ? line.substr(colon + 2) : std::string();
    at = end;
  }
  return request;
}

void reset(int connection) {
  const linger at_once{1, 0};
  (void)::setsockopt(connection, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  const sockaddr nobody{AF_UNSPEC, {}};
  (void)::connect(connection, &nobody, sizeof nobody);
}

std::string head_of(const ScriptedServer::Answer& answer) {
  std::string head = fmt::format("HTTP/1.1 {} Whatever\r\nContent-Length: {}\r\n", answer.status,
                                 answer.length.value_or(answer.body.size()));
  for (const std::string& header : answer.headers) {
    head += header + "\r\n";
  }
  return head + "\r\n";
}

} // namespace

ScriptedServer::ScriptedServer(Handler handler, Accept accept)
    : handler_(std::move(handler)),
      accept_(std::move(accept)),
      listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)),
      stop_(::eventfd(0, EFD_CLOEXEC)) {
  check_call(static_cast<bool>(listening_), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  check_call(::bind(listening_.get(), any, size) == 0, "bind");
  check_call(::getsockname(listening_.get(), any, &size) == 0, "getsockname");
  check_call(::listen(listening_.get(), 64) == 0, "listen");
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

ScriptedServer::~ScriptedServer() {
  const std::uint64_t one = 1;
  (void)!::write(stop_.get(), &one, sizeof one);
  accepting_.join();
  for (const Fd& connection : open_) {
    (void)::shutdown(connection.get(), SHUT_RDWR);
  }
  for (std::thread& thread : serving_) {
    thread.join();
  }
}

std::string ScriptedServer::url() const {
  return "http://" + host();
}

std::string ScriptedServer::host() const {
  return fmt::format("127.0.0.1:{}", port_);
}

std::vector<ScriptedServer::Request> ScriptedServer::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

int ScriptedServer::connections() const {
  const std::scoped_lock lock(mutex_);
  return static_cast<int>(open_.size());
}

void ScriptedServer::accept_all() {
  for (;;) {
    pollfd watched[2]{{listening_.get(), POLLIN, 0}, {stop_.get(), POLLIN, 0}};
    if (::poll(watched, 2, -1) < 0 && errno == EINTR) {
      continue;
    }
    if (watched[1].revents != 0) {
      return;
    }
    Fd connection(::accept4(listening_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (connection) {
      const std::scoped_lock lock(mutex_);
      open_.push_back(std::move(connection));
      serving_.emplace_back([this, fd = open_.back().get(), number = open_.size()] {
        serve(fd, static_cast<int>(number));
      });
    }
  }
}

// The descriptor stays open to the end, so that its number is nobody else's.
void ScriptedServer::serve(int connection, int number) {
  const std::unique_ptr<Channel> channel = accept_(connection);
  std::string rest;
  while (channel) {
    const auto head = read_head(*channel, rest);
    if (!head) {
      break;
    }
    Request request = parse_head(*head);
    request.connection = number;
    {
      const std::scoped_lock lock(mutex_);
      request.number = static_cast<int>(requests_.size()) + 1;
      requests_.push_back(request);
    }
    if (!answer(*channel, connection, request, handler_(request))) {
      break;
    }
  }
  (void)::shutdown(connection, SHUT_RDWR);
}

// False where the connection is to be closed.
bool ScriptedServer::answer(Channel& channel, int connection, const Request& request,
                            const Answer& answer) {
  if (answer.ending == Ending::disconnected) {
    return false;
  }
  if (answer.ending == Ending::unanswered) {
    wait_for_end();
    return false;
  }
  const bool is_whole = answer.ending == Ending::whole || answer.ending == Ending::closed;
  const std::string_view body = request.method == "HEAD" ? std::string_view() : answer.body;
  const std::string_view sent = body.substr(0, is_whole ? body.size() : body.size() / 2);
  if (answer.raw.empty() ? !channel.send(head_of(answer)) || !channel.send(sent)
                         : !channel.send(answer.raw)) {
    return false;
  }
  if (answer.ending == Ending::reset) {
    reset(connection);
  }
  if (answer.ending == Ending::silent) {
    wait_for_end();
  }
  return answer.ending == Ending::whole;
}

void ScriptedServer::wait_for_end() const {
  pollfd watched{stop_.get(), POLLIN, 0};
  while (::poll(&watched, 1, -1) < 0 && errno == EINTR) {
  }
}

std::unique_ptr<Channel> ScriptedServer::plainly(int socket) {
  return std::make_unique<PlainChannel>(socket);
}

std::optional<std::string> query_value(std::string_view target, std::string_view name) {
  const std::size_t query = target.find('?');
  std::string_view rest = query == std::string_view::npos ? "" : target.substr(query + 1);
  while (!rest.empty()) {
    const std::string_view pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) {
      continue;
    }
    std::string value;
    for (std::size_t at = equals + 1; at < pair.size(); ++at) {
      if (pair[at] == '%') {
        value.push_back(
            static_cast<char>(std::stoi(std::string(pair.substr(at + 1, 2)), nullptr, 16)));
        at += 2;
      } else {
        value.push_back(pair[at]);
      }
    }
    return value;
  }
  return std::nullopt;
}

} // namespace nightshift::tests
