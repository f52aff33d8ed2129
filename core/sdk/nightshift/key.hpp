// SPDX-License-Identifier: Apache-2.0
//
// Keys name objects in a storage: bytes, '/' between components, relative to the source's root. A
// key is split into its folder (up to and with its last '/', or "") and its name (the rest).

#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace nightshift {

[[nodiscard]] constexpr std::string_view folder_of(std::string_view key) noexcept {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : key.substr(0, slash + 1);
}

[[nodiscard]] constexpr std::string_view name_of(std::string_view key) noexcept {
  return key.substr(folder_of(key).size());
}

// A name without its last suffix, split as POSIX path libraries do: "a.b.jpg" -> "a.b"; a leading
// or a final dot begins no suffix: ".jpg" -> ".jpg", "a." -> "a.".
[[nodiscard]] constexpr std::string_view stem_of(std::string_view name) noexcept {
  const auto dot = name.rfind('.');
  const bool has_suffix = dot != std::string_view::npos && dot != 0 && dot + 1 != name.size();
  return has_suffix ? name.substr(0, dot) : name;
}

// The prefix under which a deployment's objects lie: `prefix` and `subdir` without their leading
// slashes, joined as path components ("" and "." vanish, ".." stays), with one '/' at the end; ""
// when nothing is left. So a prefix is always whole folders: "foo" never matches "foobar/".
// Source: Antenna's make_full_prefix, behaviour recorded in tests/data/oracle.
[[nodiscard]] inline std::string join_prefix(std::string_view prefix, std::string_view subdir) {
  std::string joined;
  for (std::string_view part : {prefix, subdir}) {
    while (!part.empty()) {
      const std::string_view component = part.substr(0, part.find('/'));
      part.remove_prefix(component.size() < part.size() ? component.size() + 1 : part.size());
      if (!component.empty() && component != ".") {
        joined.append(component).push_back('/');
      }
    }
  }
  return joined;
}

// How many bytes the UTF-8 sequence at the front of `text` has; 0 if there is no valid one (RFC
// 3629: no surrogates, no overlong forms, nothing above U+10FFFF).
[[nodiscard]] constexpr std::size_t utf8_length(std::string_view text) noexcept {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  if (text.empty()) {
    return 0;
  }
  const unsigned lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xC2 && lead <= 0xDF) {
    return continues(1) ? 2 : 0;
  }
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

// `key` as text that loses nothing: a backslash is written `\\`, a byte that is no valid UTF-8
// `\xHH`. What JSON, messages and the catalogue's views show.
[[nodiscard]] inline std::string printable_key(std::string_view key) {
  constexpr std::string_view k_hex = "0123456789ABCDEF";
  std::string text;
  text.reserve(key.size());
  while (!key.empty()) {
    const std::size_t length = utf8_length(key);
    if (length == 0) {
      const auto byte = static_cast<unsigned char>(key.front());
      text.append("\\x").append({k_hex[byte >> 4U], k_hex[byte & 0xFU]});
      key.remove_prefix(1);
      continue;
    }
    if (key.front() == '\\') {
      text.push_back('\\');
    }
    text.append(key.substr(0, length));
    key.remove_prefix(length);
  }
  return text;
}

} // namespace nightshift
