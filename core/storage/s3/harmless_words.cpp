// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/harmless_words.hpp"

#include "core/storage/s3/page_text.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>

namespace nightshift::s3 {
namespace {

// Amazon's names of users and roles, which its errors tell, have less as a rule; a secret of its 40
// characters has more in base64 or in hexadecimal digits.
constexpr std::size_t k_longest_word = 48;

// What is percent-encoded is decoded; what only looks so stays as it is.
std::string without_percents(std::string_view text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned char byte = 0;
    const char* const digits = text.data() + at + 1;
    if (text[at] == '%' && text.size() - at > 2 &&
        std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2) {
      plain.push_back(static_cast<char>(byte));
      at += 2;
    } else {
      plain.push_back(text[at]);
    }
  }
  return plain;
}

// The same for what XML escapes.
std::string without_escapes(std::string_view text) {
  std::string plain;
  while (!text.empty()) {
    const std::size_t end = text.front() == '&' ? text.find(';') : std::string_view::npos;
    const std::size_t before = plain.size();
    if (end != std::string_view::npos && append_unescaped(plain, text.substr(0, end + 1))) {
      text.remove_prefix(end + 1);
    } else {
      plain.resize(before);
      plain.push_back(text.front());
      text.remove_prefix(1);
    }
  }
  return plain;
}

bool holds_any(const std::string& text, const Credentials& credentials) {
  const auto holds = [&text](std::string_view secret) {
    return !secret.empty() && text.find(secret) != std::string::npos;
  };
  return holds(credentials.access_key_id) || holds(credentials.secret_access_key.reveal()) ||
         holds(credentials.session_token.reveal());
}

std::string with_short_words(std::string_view words) {
  std::string shown;
  while (!words.empty()) {
    const std::size_t length = std::min(words.find(' '), words.size());
    shown += length > k_longest_word ? "…" : words.substr(0, length);
    words.remove_prefix(length);
    if (!words.empty()) {
      shown += ' ';
      words.remove_prefix(1);
    }
  }
  return shown;
}

} // namespace

bool gives_away(const std::string& text, const Credentials& credentials) {
  const std::string unescaped = without_escapes(text);
  return holds_any(text, credentials) || holds_any(unescaped, credentials) ||
         holds_any(without_percents(text), credentials) ||
         holds_any(without_percents(unescaped), credentials);
}

std::string harmless_words(const std::string& words, const Credentials* credentials) {
  return credentials != nullptr && gives_away(words, *credentials) ? std::string()
                                                                   : with_short_words(words);
}

} // namespace nightshift::s3
