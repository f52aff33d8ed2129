// SPDX-License-Identifier: Apache-2.0

#include "core/serve/access.hpp"

#include "core/base/file.hpp"
#include "core/base/hash.hpp"
#include "core/serve/api_error.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <arpa/inet.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <sstream>

namespace nightshift::serve {
namespace {

constexpr std::size_t k_largest_token_file = std::size_t{1} << 20U;
constexpr std::size_t k_shortest_token = 16;

// Looks at all of both, whatever they hold.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  unsigned differs = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    differs |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return differs == 0;
}

std::string read_private_file(const std::filesystem::path& path) {
  struct stat status {};

  if (stat(path.c_str(), &status) != 0) {
    throw system_error(errno, fmt::format("cannot read the token file {}", path.string()));
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0 ||
      (status.st_uid != geteuid() && status.st_uid != 0)) {
    throw permanent_error(error_code::k_denied,
                          fmt::format("others may read or write the token file {}: give it mode "
                                      "0600 and the owner who runs the server",
                                      path.string()));
  }
  return read_file(path, k_largest_token_file);
}

JobError mistake(const std::filesystem::path& file, int line, std::string_view what) {
  return permanent_error(error_code::k_config,
                         fmt::format("token file {}, line {}: {}", file.string(), line, what));
}

// Such a host cannot be a stranger's name for this machine.
bool is_address(std::string_view host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  if (host.starts_with('[') && host.ends_with(']')) {
    return inet_pton(AF_INET6, std::string(host.substr(1, host.size() - 2)).c_str(),
                     ignored.data()) == 1;
  }
  return inet_pton(AF_INET, std::string(host).c_str(), ignored.data()) == 1;
}

std::string_view without_port(std::string_view host) {
  const std::size_t colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && !host.ends_with(']') &&
                        host.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
  return has_port ? host.substr(0, colon) : host;
}

// What a browser says of the page on whose behalf it asks.
bool is_from_elsewhere(const Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return true;
  }
  const std::string_view origin = request.header("origin");
  const std::size_t host = origin.find("://");
  return !origin.empty() &&
         (host == std::string_view::npos || origin.substr(host + 3) != request.header("host"));
}

} // namespace

Tokens::Tokens(const std::filesystem::path& file) {
  std::istringstream lines(read_private_file(file));
  int number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line.substr(0, line.find('#')));
    std::string role;
    std::string token;
    std::string more;
    if (!(words >> role)) {
      continue;
    }
    if ((role != "read" && role != "run") || !(words >> token) || (words >> more)) {
      throw mistake(file, number, R"(write "read" or "run", a blank and the token)");
    }
    if (token.size() < k_shortest_token) {
      throw mistake(file, number,
                    fmt::format("the token has less than {} characters", k_shortest_token));
    }
    tokens_.push_back({sha256(token), role == "run" ? Role::run : Role::read});
  }
  if (tokens_.empty()) {
    throw permanent_error(error_code::k_config,
                          fmt::format("the token file {} holds no token", file.string()));
  }
}

Role Tokens::role_of(std::string_view authorization) const {
  if (!needed()) {
    return Role::run;
  }
  constexpr std::string_view k_scheme = "Bearer ";
  const bool bearer = authorization.starts_with(k_scheme);
  const std::string hash = sha256(bearer ? authorization.substr(k_scheme.size()) : "");
  Role role = Role::nobody;
  for (const Token& token : tokens_) {
    if (equal_in_constant_time(hash, token.hash)) {
      role = std::max(role, token.role);
    }
  }
  return role;
}

Role Access::role_of(const Request& request) const {
  return tokens_.role_of(request.header("authorization"));
}

void Access::check_host(const Request& request) const {
  const std::string_view host = without_port(request.header("host"));
  if (host != "localhost" && !is_address(host) &&
      std::find(hosts_.begin(), hosts_.end(), host) == hosts_.end()) {
    throw ApiError(421, "misdirected",
                   "this server does not go by the name of the request's Host; --allow-host "
                   "gives it one");
  }
}

void Access::check(const Request& request, Role needed) const {
  check_host(request);
  if (request.method != "GET" && request.method != "HEAD" && is_from_elsewhere(request)) {
    throw ApiError(403, "cross_site", "a page of another site may not ask for this");
  }
  if (needed == Role::nobody) {
    return;
  }
  const Role role = role_of(request);
  if (role == Role::nobody) {
    throw ApiError(401, "unauthorized",
                   "this needs a token: send the header Authorization: Bearer TOKEN")
        .with_header("WWW-Authenticate", "Bearer");
  }
  if (role < needed) {
    throw ApiError(403, "forbidden", "this token may only look, not change anything");
  }
}

} // namespace nightshift::serve
