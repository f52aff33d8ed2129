// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/byte_source.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace nightshift {

// The lines of a text that is too large to be kept. One thread at a time.
class LineReader {
 public:
  static constexpr std::size_t k_longest = std::size_t{1} << 20U;

  // Borrows `source`, whose name is in errors.
  explicit LineReader(ByteSource& source, std::size_t longest = k_longest);

  // Go to the next line; false at the end. Throws what the source throws, and `bad_data` if there
  // is more than `longest` bytes to keep.
  [[nodiscard]] bool next();

  // Make the text longer by the line that follows; false if there is none.
  [[nodiscard]] bool extend();

  // The line with its newline; until the next call.
  [[nodiscard]] std::string_view text() const noexcept { return {buffer_.data() + begin_, size_}; }

  // The number of its first line, from 1.
  [[nodiscard]] std::int64_t line() const noexcept { return line_; }

  // How many bytes of the source stand before the text.
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }

  // Whether the text is the last one and lacks its newline, as one does that was cut short.
  [[nodiscard]] bool is_torn() const noexcept { return size_ > 0 && text().back() != '\n'; }

 private:
  [[nodiscard]] bool fill();
  void check_length(std::size_t size) const;

  ByteSource& source_;
  std::size_t longest_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0; // of the text
  std::size_t size_ = 0;
  std::size_t end_ = 0; // of what was read into the buffer
  std::int64_t line_ = 1;
  std::int64_t lines_ = 0; // in the text
  std::uint64_t offset_ = 0;
};

} // namespace nightshift
