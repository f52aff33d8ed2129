// SPDX-License-Identifier: Apache-2.0
//
// An object store for sizes that cannot be uploaded: any bucket of it holds the same generated
// captures, which it lists and does nothing else with. Takes any signature.
//
//   page_server [--objects N] [--cameras N] [--nights N] [--page-size N] [--latency MILLISECONDS]
//
// Prints its port of 127.0.0.1 and ends when its standard input does, telling on standard error how
// much it gave and what that took, which is to be told apart from what a client takes. A thread
// for each connection, so that a page that is kept back holds up no other.

#include "tests/bench/generated_bucket.hpp"

#include <fmt/format.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>

namespace {

using nightshift::tests::BucketShape;
using nightshift::tests::GeneratedBucket;
using nightshift::tests::ListParameters;

struct Options {
  BucketShape shape{.objects = 1'000'000};
  std::uint64_t page_size = 1000;
  std::chrono::milliseconds latency{0};
};

std::atomic<std::uint64_t> g_pages{0};

std::uint64_t number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    throw std::runtime_error(fmt::format("not a number: \"{}\"", text));
  }
  return number;
}

Options parse_options(int count, char** arguments) {
  Options options;
  for (int at = 1; at < count; at += 2) {
    const std::string_view name = arguments[at];
    const std::uint64_t value = number_in(at + 1 < count ? arguments[at + 1] : "");
    if (name == "--objects") {
      options.shape.objects = value;
    } else if (name == "--cameras") {
      options.shape.cameras = std::clamp<std::uint64_t>(value, 1, 1000);
    } else if (name == "--nights") {
      options.shape.nights = std::clamp<std::uint64_t>(value, 1, 10'000);
    } else if (name == "--page-size") {
      options.page_size = std::max<std::uint64_t>(1, value);
    } else if (name == "--latency") {
      options.latency = std::chrono::milliseconds(value);
    } else {
      throw std::runtime_error(fmt::format("no option {}", name));
    }
  }
  return options;
}

std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(text.data() + at + 1, text.data() + at + 3, byte, 16).ptr ==
            text.data() + at + 3) {
      plain.push_back(static_cast<char>(byte));
      at += 2;
    } else {
      plain.push_back(text[at] == '+' ? ' ' : text[at]);
    }
  }
  return plain;
}

std::map<std::string, std::string> parse_query(std::string_view query) {
  std::map<std::string, std::string> pairs;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    pairs[unescaped(pair.substr(0, equals))] =
        unescaped(pair.substr(std::min(equals + 1, pair.size())));
    query.remove_prefix(std::min(pair.size() + 1, query.size()));
  }
  return pairs;
}

ListParameters list_parameters(std::map<std::string, std::string> query, const Options& options) {
  ListParameters parameters;
  parameters.v2 = query["list-type"] == "2";
  parameters.prefix = query["prefix"];
  parameters.delimiter = query["delimiter"];
  parameters.after = query[parameters.v2 ? "start-after" : "marker"];
  parameters.token = query["continuation-token"];
  parameters.url_encoding = query["encoding-type"] == "url";
  const std::string& asked = query["max-keys"];
  parameters.max_keys = std::min(options.page_size, asked.empty() ? 1000 : number_in(asked));
  return parameters;
}

// The answer to a request line: "GET /bucket?list-type=2 HTTP/1.1".
std::string answer(std::string_view line, const GeneratedBucket& bucket, const Options& options) {
  const std::size_t target_at = line.find(' ') + 1;
  const std::string_view target = line.substr(target_at, line.find(' ', target_at) - target_at);
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const auto query = parse_query(target.substr(std::min(mark + 1, target.size())));
  const bool is_bucket = path.substr(1).find('/') >= path.size() - 2; // but for a '/' at its end
  std::string status = "200 OK";
  std::string body;
  if (!is_bucket) {
    status = "404 Not Found";
    body = "<Error><Code>NoSuchKey</Code><Message>nothing is stored</Message></Error>";
  } else if (query.contains("location")) {
    body = "<LocationConstraint>us-east-1</LocationConstraint>";
  } else if (line.starts_with("GET ")) {
    std::this_thread::sleep_for(options.latency);
    body = bucket.list(list_parameters(query, options));
    ++g_pages;
  }
  std::string text =
      fmt::format("HTTP/1.1 {}\r\nContent-Type: application/xml\r\nContent-Length: {}\r\n\r\n",
                  status, body.size());
  return line.starts_with("HEAD ") ? text : text + body;
}

bool send_all(int connection, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(connection, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return false;
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

// Requests have no bodies.
void serve(int connection, const GeneratedBucket& bucket, const Options& options) {
  const int on = 1;
  ::setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  std::string text;
  char buffer[16'384];
  for (ssize_t count = 0; (count = ::recv(connection, buffer, sizeof buffer, 0)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = text.find("\r\n\r\n")) != std::string::npos;) {
      const std::string line = text.substr(0, text.find('\r'));
      text.erase(0, end + 4);
      if (!send_all(connection, answer(line, bucket, options))) {
        text.clear();
        break;
      }
    }
  }
  ::close(connection);
}

int listening_socket(std::uint16_t& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (fd < 0 || ::bind(fd, any, size) != 0 || ::listen(fd, 128) != 0 ||
      ::getsockname(fd, any, &size) != 0) {
    throw std::system_error(errno, std::generic_category(), "cannot listen");
  }
  port = ntohs(address.sin_port);
  return fd;
}

void end_with_input() {
  char buffer[64];
  while (::read(STDIN_FILENO, buffer, sizeof buffer) > 0) {
  }
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  fmt::print(stderr, "page_server: {} pages, {:.2f} s of CPU\n", g_pages.load(),
             seconds(use.ru_utime) + seconds(use.ru_stime));
  std::_Exit(0); // threads still wait for requests
}

} // namespace

int main(int count, char** arguments) {
  try {
    const Options options = parse_options(count, arguments);
    const GeneratedBucket bucket(options.shape);
    std::uint16_t port = 0;
    const int listening = listening_socket(port);
    fmt::print("{}\n", port);
    std::fflush(stdout);
    std::thread(end_with_input).detach();
    for (;;) {
      if (const int connection = ::accept4(listening, nullptr, nullptr, SOCK_CLOEXEC);
          connection >= 0) {
        std::thread(serve, connection, std::cref(bucket), std::cref(options)).detach();
      }
    }
  } catch (const std::exception& error) {
    fmt::print(stderr, "page_server: {}\n", error.what());
    return 64;
  }
}
