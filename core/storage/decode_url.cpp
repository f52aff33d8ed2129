// SPDX-License-Identifier: Apache-2.0

#include "core/storage/decode_url.hpp"

namespace nightshift {

namespace {

// -1 for what is no hexadecimal digit.
int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

} // namespace

bool decode_url(std::string& text, std::size_t from) {
  const char* at = text.data() + from;
  const char* const end = text.data() + text.size();
  char* to = text.data() + from;
  while (at != end) {
    if (*at == '%') {
      const int high = end - at > 2 ? hex_value(at[1]) : -1;
      const int low = end - at > 2 ? hex_value(at[2]) : -1;
      if (high < 0 || low < 0) {
        return false;
      }
      *to++ = static_cast<char>(high * 16 + low);
      at += 3;
    } else {
      *to++ = *at == '+' ? ' ' : *at;
      ++at;
    }
  }
  text.resize(static_cast<std::size_t>(to - text.data()));
  return true;
}

} // namespace nightshift
