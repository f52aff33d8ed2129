// SPDX-License-Identifier: Apache-2.0

#include "tests/cli/canary.hpp"

#include "tests/support/content_of.hpp"

#include <fmt/format.h>

#include <array>

namespace nightshift::tests {
namespace {

// What stays the same of `core` in base64 whatever is before and behind it, for each of the three
// places in which it may begin.
std::array<std::string, 3> base64_forms(const std::string& core) {
  std::array<std::string, 3> forms;
  for (std::size_t shift = 0; shift < forms.size(); ++shift) {
    const std::string whole = in_base64(std::string(shift, '-') + core);
    const std::size_t first = (shift * 8 + 5) / 6;
    const std::size_t last = (shift + core.size()) * 8 / 6;
    forms[shift] = whole.substr(first, last - first);
  }
  return forms;
}

} // namespace

std::string in_base64(std::string_view text) {
  constexpr std::string_view k_digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string encoded;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned bits = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      bits = bits << 8U | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    }
    for (std::size_t i = 0; i < 4; ++i) {
      encoded.push_back(at + i <= text.size() ? k_digits[bits >> (18 - 6 * i) & 63U] : '=');
    }
  }
  return encoded;
}

std::string in_hexadecimal(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return digits;
}

std::string in_url(std::string_view text) {
  std::string encoded;
  for (const char c : text) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    encoded += is_plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

std::vector<std::string> canaries_in(std::string_view bytes, const std::vector<Canary>& canaries) {
  std::vector<std::string> found;
  const auto look_for = [&](std::string_view form, const std::string& name) {
    if (const std::size_t at = bytes.find(form); at != std::string_view::npos) {
      const std::size_t begin = at < 60 ? 0 : at - 60;
      found.push_back(
          fmt::format("{}: ...{}", name, bytes.substr(begin, at + form.size() - begin)));
    }
  };
  for (const Canary& canary : canaries) {
    look_for(canary.core, canary.core);
    look_for(in_hexadecimal(canary.core), canary.core + " in hexadecimal digits");
    for (const std::string& form : base64_forms(canary.core)) {
      look_for(form, canary.core + " in base64");
    }
  }
  return found;
}

std::vector<std::string> canaries_below(const std::filesystem::path& folder,
                                        const std::vector<Canary>& canaries) {
  std::vector<std::string> found;
  if (!std::filesystem::exists(folder)) {
    return found;
  }
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    const std::string name = entry.path().string();
    const std::string bytes = entry.is_regular_file() ? content_of(entry.path()) : "";
    for (const std::string& each : canaries_in(fmt::format("{}\n{}", name, bytes), canaries)) {
      found.push_back(fmt::format("{}: {}", name, each));
    }
  }
  return found;
}

} // namespace nightshift::tests
