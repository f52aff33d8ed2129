// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/value.hpp>

#include <cstddef>
#include <string_view>

namespace nightshift {

// Where bytes of a text stand: lines and columns from 1, columns in characters. Fast for offsets
// that come in order: what lies between two is counted once.
class TextPositions {
 public:
  // `text` must outlive this and be UTF-8. `file` goes into the positions.
  TextPositions(std::string_view text, int file) : text_(text), place_{file, 1, 1} {}

  // An offset beyond the text counts as its end.
  [[nodiscard]] SourcePosition at(std::size_t offset);

 private:
  std::string_view text_;
  std::size_t line_begin_ = 0;
  std::size_t offset_ = 0;
  SourcePosition place_; // of the byte at `offset_`
};

// Of a single one.
[[nodiscard]] SourcePosition position_at(std::string_view text, std::size_t offset, int file);

} // namespace nightshift
