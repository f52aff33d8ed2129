// SPDX-License-Identifier: Apache-2.0

#include "core/storage/path_uri.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <optional>

namespace nightshift {

namespace {

std::optional<char> hex_byte(std::string_view digits) {
  unsigned value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value, 16);
  if (digits.size() != 2 || error != std::errc{} || stop != end) {
    return std::nullopt;
  }
  return static_cast<char>(value);
}

tl::expected<std::string, std::string> percent_decode(std::string_view text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      bytes.push_back(text[i]);
      continue;
    }
    const auto byte = hex_byte(text.substr(i + 1, 2));
    if (!byte) {
      return tl::unexpected(std::string(
          "has a '%' that is not followed by two hexadecimal digits; write a plain '%' as %25"));
    }
    bytes.push_back(*byte);
    i += 2;
  }
  return bytes;
}

} // namespace

std::string no_absolute_path(const PathUriForm& form) {
  return fmt::format("has no absolute path; {}", form.advice);
}

tl::expected<std::string, std::string> parse_path_uri(std::string_view uri,
                                                      const PathUriForm& form) {
  uri.remove_prefix(form.scheme.size());
  if (uri.starts_with("//")) {
    uri.remove_prefix(2);
    const std::string_view host = uri.substr(0, uri.find('/'));
    if (!host.empty() && host != "localhost") {
      return tl::unexpected(fmt::format("names a host; {}", form.advice));
    }
    uri.remove_prefix(host.size());
  }
  if (uri.find_first_of("?#") != std::string_view::npos) {
    return tl::unexpected(std::string("has a '?' or '#'; in a path write them as %3F and %23"));
  }
  if (!uri.starts_with('/')) {
    return tl::unexpected(no_absolute_path(form));
  }
  auto path = percent_decode(uri);
  if (path && path->find('\0') != std::string::npos) {
    return tl::unexpected(std::string("has a zero byte, which no path can hold"));
  }
  return path;
}

} // namespace nightshift
