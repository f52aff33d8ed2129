// SPDX-License-Identifier: Apache-2.0

#include "core/storage/source_uri.hpp"

namespace nightshift {

namespace {

// RFC 3986, section 2.3.
bool is_unreserved(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

void append_encoded(std::string& text, char c) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  const auto byte = static_cast<unsigned char>(c);
  text.append({'%', k_hex[byte >> 4U], k_hex[byte & 0xFU]});
}

std::string encode(std::string_view bytes, std::string_view kept) {
  std::string text;
  for (const char c : bytes) {
    if (is_unreserved(c) || kept.find(c) != std::string_view::npos) {
      text.push_back(c);
    } else {
      append_encoded(text, c);
    }
  }
  return text;
}

} // namespace

std::string source_uri(std::string_view root, std::string_view prefix, std::string_view regex) {
  std::string uri(root);
  if (!uri.ends_with('/')) {
    uri.push_back('/');
  }
  uri.append(prefix);
  if (regex.empty()) {
    return uri;
  }
  uri.append("?regex=");
  for (const char c : regex) {
    if (c == ' ') { // as in an HTML form
      uri.push_back('+');
    } else if (is_unreserved(c)) {
      uri.push_back(c);
    } else {
      append_encoded(uri, c);
    }
  }
  return uri;
}

std::string percent_encode_path(std::string_view bytes) {
  return encode(bytes, "/");
}

std::string percent_encode(std::string_view bytes) {
  return encode(bytes, "");
}

} // namespace nightshift
