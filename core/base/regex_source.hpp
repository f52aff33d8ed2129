// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

[[nodiscard]] inline bool is_one_of(char32_t c, std::u32string_view set) {
  return c != 0 && set.find(c) != std::u32string_view::npos;
}

// A regex being read, character by character, and the sentences for what is wrong with it.
class RegexSource {
 public:
  // `regex` is UTF-8; throws `bad_data` if it is not, `unsupported` if it is very long.
  explicit RegexSource(std::string_view regex);

  [[nodiscard]] bool at_end() const noexcept { return at_ == text_.size(); }

  // The next character; U+0000 at the end, which is no metacharacter either.
  [[nodiscard]] char32_t peek() const noexcept { return at_end() ? U'\0' : text_[at_]; }

  // The next character, which is passed over. At the end: fails.
  char32_t take();

  // Pass over `token` if it comes next.
  bool skip(std::u32string_view token);

  [[nodiscard]] std::size_t position() const noexcept { return at_; }

  void go_back_to(std::size_t position) noexcept { at_ = position; }

  // Up to `terminator`, which is passed over.
  [[nodiscard]] std::u32string take_until(char32_t terminator, std::string_view what);

  // The digits that come next as a number; nothing if there are none.
  [[nodiscard]] std::optional<std::size_t> take_number();

  // Exactly so many hexadecimal digits.
  [[nodiscard]] char32_t take_hexadecimal(std::size_t digits);

  // Up to so many octal digits after `value`.
  [[nodiscard]] char32_t take_octal(char32_t value, std::size_t digits);

  // Not a regex to Python either. `start` is where the wrong construct begins.
  [[noreturn]] void fail(std::size_t start, std::string_view what) const;

  // A regex to Python, but not one that can be matched in linear time, or not worth the trouble.
  [[noreturn]] void refuse(std::size_t start, std::string_view what, std::string_view advice) const;

 private:
  std::string shown_;
  std::u32string text_;
  std::size_t at_ = 0;
};

} // namespace nightshift
