// SPDX-License-Identifier: Apache-2.0

#include "core/runner/ping.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace nightshift {

void check_ping_url(const std::string& url, std::string_view origin) {
  if (!http_origin(url)) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("the URL of {} is none: it must begin with https:// or http:// and a host",
                    origin));
  }
}

std::string ping_target(std::string_view url, std::string_view signal) {
  const std::size_t end = std::min(url.find_first_of("?#"), url.size());
  std::string_view path = url.substr(0, end);
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  return fmt::format("{}/{}{}", path, signal, url.substr(end));
}

void Ping::start(const std::string& url) {
  if (url.empty() || started()) {
    return;
  }
  url_ = url;
  // Not waited for: work need not begin later because a server is slow.
  starting_ = std::jthread([this] { send("start", ""); });
}

void Ping::finish(std::string_view signal, std::string_view body) {
  if (!started()) {
    return;
  }
  if (starting_.joinable()) {
    starting_.join(); // the end must not be told before the start
  }
  send(signal, body.substr(0, k_longest_body));
}

std::optional<std::string> Ping::warning() const {
  const std::scoped_lock lock(mutex_);
  return warning_;
}

void Ping::send(std::string_view signal, std::string_view body) {
  std::string problem;
  try {
    const int status = http_post(ping_target(url_, signal), body, timeouts_);
    if (status < 200 || status > 299) {
      problem = fmt::format("{} answers with status {}", http_origin(url_).value_or(""), status);
    }
  } catch (const JobError& error) {
    problem = error.what();
  }
  const std::scoped_lock lock(mutex_);
  if (!problem.empty() && !warning_) {
    warning_ = fmt::format("the ping was not taken: {}", problem);
  }
}

} // namespace nightshift
