// SPDX-License-Identifier: Apache-2.0

#include "core/config/text_position.hpp"

#include <algorithm>

namespace nightshift {

SourcePosition TextPositions::at(std::size_t offset) {
  offset = std::min(offset, text_.size());
  if (offset < line_begin_) {
    return position_at(text_, offset, place_.file);
  }
  if (offset < offset_) {
    offset_ = line_begin_;
    place_.column = 1;
  }
  for (; offset_ < offset; ++offset_) {
    const char c = text_[offset_];
    if (c == '\n') {
      ++place_.line;
      place_.column = 1;
      line_begin_ = offset_ + 1;
    } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) { // begins a character
      ++place_.column;
    }
  }
  return place_;
}

SourcePosition position_at(std::string_view text, std::size_t offset, int file) {
  return TextPositions(text, file).at(offset);
}

} // namespace nightshift
