// SPDX-License-Identifier: Apache-2.0

#include "core/config/text_check.hpp"

#include "core/config/text_position.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <utility>

namespace nightshift {

namespace {

bool is_utf16(std::string_view text) {
  using std::string_view_literals::operator""sv;
  return text.starts_with("\xFF\xFE"sv) || text.starts_with("\xFE\xFF"sv) ||
         (text.size() >= 4 && ((text[1] == '\0' && text[3] == '\0' && text[0] != '\0') ||
                               (text[0] == '\0' && text[2] == '\0' && text[1] != '\0')));
}

// What is wrong with the text at its front; "" if nothing is.
std::string mistake_at(std::string_view text) {
  const auto byte = static_cast<unsigned char>(text.front());
  if (utf8_length(text) == 0) {
    return fmt::format("the byte 0x{:02X} is no UTF-8; save the file as UTF-8", byte);
  }
  if (text.front() == '\r' && !text.starts_with("\r\n")) {
    return "a carriage return stands alone; end lines with LF or CRLF";
  }
  if ((byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F) {
    return fmt::format("the byte 0x{:02X} belongs in no text; is this a job file at all?", byte);
  }
  return {};
}

} // namespace

std::string_view without_byte_order_mark(std::string_view text) {
  constexpr std::string_view k_mark = "\xEF\xBB\xBF";
  return text.substr(text.starts_with(k_mark) ? k_mark.size() : 0);
}

bool check_text(std::string_view text, int file, Diagnostics& diagnostics) {
  if (is_utf16(text)) {
    diagnostics.error({file, 0, 0}, "the file is UTF-16; save it as UTF-8");
    return false;
  }
  for (std::size_t offset = 0; offset < text.size();) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    if (byte >= 0x20 && byte < 0x7F) {
      ++offset;
      continue;
    }
    const std::string_view rest = text.substr(offset);
    if (std::string mistake = mistake_at(rest); !mistake.empty()) {
      diagnostics.error(position_at(text, offset, file), std::move(mistake));
      return false;
    }
    offset += utf8_length(rest);
  }
  return true;
}

} // namespace nightshift
