// SPDX-License-Identifier: Apache-2.0

#include "core/base/shell_words.hpp"

#include <algorithm>
#include <utility>

namespace nightshift {
namespace {

class ShellWords {
 public:
  explicit ShellWords(std::string_view line) : rest_(line) {}

  // Nothing at the end, or if `is_broken`.
  std::optional<std::string> next() {
    constexpr std::string_view k_between_words = " \t\r\n";
    rest_.remove_prefix(std::min(rest_.find_first_not_of(k_between_words), rest_.size()));
    if (rest_.empty()) {
      return std::nullopt;
    }
    word_.clear();
    while (!rest_.empty() && k_between_words.find(rest_.front()) == std::string_view::npos) {
      if (!take_piece()) {
        is_broken_ = true;
        return std::nullopt;
      }
    }
    return word_;
  }

  [[nodiscard]] bool is_broken() const noexcept { return is_broken_; }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  // A character or a quotation; whether it is whole.
  bool take_piece() {
    const char c = take();
    switch (c) {
    case '\'':
      return take_quotation('\'');
    case '"':
      return take_quotation('"');
    case '\\':
      if (rest_.empty()) {
        return false;
      }
      word_.push_back(take());
      return true;
    default:
      word_.push_back(c);
      return true;
    }
  }

  bool take_quotation(char quote) {
    while (!rest_.empty()) {
      const char c = take();
      if (c == quote) {
        return true;
      }
      // Between double quotes a backslash guards only these two.
      const bool guards = quote == '"' && c == '\\' && !rest_.empty() &&
                          (rest_.front() == '"' || rest_.front() == '\\');
      word_.push_back(guards ? take() : c);
    }
    return false;
  }

  std::string_view rest_;
  std::string word_;
  bool is_broken_ = false;
};

} // namespace

std::optional<std::vector<std::string>> split_like_shell(std::string_view line) {
  ShellWords words(line);
  std::vector<std::string> all;
  while (auto word = words.next()) {
    all.push_back(std::move(*word));
  }
  return words.is_broken() ? std::nullopt : std::optional(std::move(all));
}

} // namespace nightshift
