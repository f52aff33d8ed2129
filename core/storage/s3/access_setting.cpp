// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/access_setting.hpp"

#include "core/base/file.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <system_error>
#include <utility>

namespace nightshift::s3 {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_letters_and_digits =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool is_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return k_letters_and_digits.find(c) != std::string_view::npos ||
           more.find(c) != std::string_view::npos;
  });
}

bool is_port(std::string_view text) {
  int port = 0;
  const char* const end = text.data() + text.size();
  const auto result = std::from_chars(text.data(), end, port);
  return result.ec == std::errc{} && result.ptr == end && port > 0 && port < 65536;
}

// "host", "host:port", "[::1]:port".
bool is_authority(std::string_view text) {
  const std::size_t bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) {
    return false;
  }
  const std::size_t colon = text.find(':', bracket);
  const std::string_view host = text.substr(0, colon);
  const bool is_host = bracket > 0 ? host.size() == bracket + 1 && bracket > 2 &&
                                         is_of(host.substr(1, bracket - 1), ":.")
                                   : !host.empty() && is_of(host, "-._");
  return is_host && (colon == std::string_view::npos || is_port(text.substr(colon + 1)));
}

} // namespace

std::optional<Setting> find_variable(const Environment& environment,
                                     std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (auto value = environment(name); value && !value->empty()) {
      return Setting{std::move(*value), name};
    }
  }
  return std::nullopt;
}

Secret find_secret_variable(const Environment& environment,
                            std::initializer_list<const char*> names) {
  for (const char* const name : names) {
    if (auto value = environment(name); value && !value->empty()) {
      return Secret::taken_from(*value);
    }
  }
  return {};
}

std::optional<Setting> setting_of_source(std::string_view key, std::string value) {
  return value.empty()
             ? std::nullopt
             : std::optional(Setting{std::move(value), fmt::format("the source's {}", key)});
}

std::optional<fs::path> expand_home(std::string_view path, const Environment& environment) {
  if (path != "~" && !path.starts_with("~/")) {
    return fs::path(path);
  }
  const auto home = find_variable(environment, {"HOME"});
  return home ? std::optional(fs::path(home->value + std::string(path.substr(1)))) : std::nullopt;
}

std::string checked_endpoint(const Setting& setting, Scheme scheme) {
  std::string_view rest = setting.value;
  std::string_view used = scheme == Scheme::https_if_absent ? "https://" : "";
  for (const std::string_view known : {"https://", "http://"}) {
    if (rest.starts_with(known)) {
      used = known;
      rest.remove_prefix(known.size());
      break;
    }
  }
  rest.remove_suffix(rest.ends_with('/') ? 1 : 0);
  if (used.empty() || !is_authority(rest)) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("the endpoint in {} must be https://HOST or http://HOST, with "
                    "the port if it has one, and nothing behind it",
                    setting.place));
  }
  return fmt::format("{}{}", used, rest);
}

std::string checked_region(const Setting& setting) {
  constexpr std::size_t k_longest = 63;
  if (setting.value.size() > k_longest || !is_of(setting.value, "-._")) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("what {} says is no name of a region: one is made of letters, "
                    "digits and hyphens",
                    setting.place));
  }
  return setting.value;
}

fs::path checked_ca_bundle(const Setting& setting, const Environment& environment) {
  const auto path = expand_home(setting.value, environment);
  std::error_code ignored;
  if (!path || !fs::is_regular_file(*path, ignored)) {
    throw permanent_error(
        error_code::k_config,
        fmt::format("there is no CA bundle {}, which {} names; correct or remove that",
                    shown_path(setting.value), setting.place));
  }
  return *path;
}

} // namespace nightshift::s3
