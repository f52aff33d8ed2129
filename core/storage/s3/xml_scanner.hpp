// SPDX-License-Identifier: Apache-2.0
//
// As much of XML as stores write, read where it lies: no tree, no copies, nothing undone. But each
// element ends as it began, nothing stands between elements where only those may, and nothing
// behind the last, so that what was cut or damaged is never taken for something shorter.

#pragma once

#include "core/base/bytes.hpp"
#include "core/storage/s3/answer_error.hpp"

#include <bit>
#include <cstddef>
#include <cstring>
#include <optional>
#include <string_view>

namespace nightshift::s3 {

namespace detail {

[[nodiscard]] constexpr bool is_blank(char c) noexcept {
  return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace detail

// One that has begun; its content is next, unless it is `empty`.
struct XmlElement {
  std::string_view name; // as it stands, to be found again at the end
  bool empty = false;

  [[nodiscard]] bool is(std::string_view local_name) const noexcept {
    return is_same(name, local_name) ||
           (name.size() > local_name.size() && name[name.size() - local_name.size() - 1] == ':' &&
            name.ends_with(local_name));
  }
};

// Throws `JobError`, as `throw_damaged` does.
class XmlScanner {
 public:
  explicit XmlScanner(std::string_view body) noexcept : at_(body.data()), end_(at_ + body.size()) {}

  // Up to the first element.
  void skip_prolog() {
    constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";
    skip(k_byte_order_mark);
    skip_blanks();
    if (skip("<?xml")) {
      skip_behind("?>");
    }
  }

  // The root.
  XmlElement open_root() {
    skip_between();
    return open();
  }

  // The element that begins here, at a '<'.
  XmlElement open() {
    const char* const begin = at_ + 1;
    at_ = find('>');
    std::string_view tag(begin, static_cast<std::size_t>(at_ - begin));
    ++at_;
    const bool empty = tag.ends_with('/');
    tag.remove_suffix(empty ? 1 : 0);
    if (tag.empty() || tag.front() == '!' || tag.front() == '?') {
      throw_damaged("it holds what no listing holds");
    }
    const char last = tag.back();
    return {last == '"' || last == '\'' || detail::is_blank(last) ? without_attributes(tag) : tag,
            empty};
  }

  // The text of an element without children.
  std::string_view text(const XmlElement& element) {
    if (element.empty) {
      return {at_, at_}; // which is not without data
    }
    const char* const begin = at_;
    at_ = find('<');
    const std::string_view text(begin, static_cast<std::size_t>(at_ - begin));
    close(element);
    return text;
  }

  // The text between two tags, the first of which stands here; both are then passed, otherwise
  // nothing is.
  std::optional<std::string_view> text_between(std::string_view begin_tag,
                                               std::string_view end_tag) {
    const char* const begin = at_;
    if (skip(begin_tag)) {
      const char* const text = at_;
      at_ = find('<');
      const std::string_view found(text, static_cast<std::size_t>(at_ - text));
      if (skip(end_tag)) {
        return found;
      }
    }
    at_ = begin;
    return std::nullopt;
  }

  // Call `child(XmlElement)` for each child, which must take it to its end; then this ends, too.
  template <class Child>
  void each_child(const XmlElement& element, Child child) {
    if (element.empty) {
      return;
    }
    for (skip_between(); !is_at_end_tag(); skip_between()) {
      child(open());
    }
    close(element);
  }

  // An element of which nothing is wanted.
  void pass_over(const XmlElement& element, int depth = 0) {
    constexpr int k_deepest = 16;
    if (element.empty) {
      return;
    }
    if (depth == k_deepest) {
      throw_damaged("its elements are nested too deeply");
    }
    for (at_ = find('<'); !is_at_end_tag(); at_ = find('<')) {
      pass_over(open(), depth + 1);
    }
    close(element);
  }

  void expect_end() {
    skip_blanks_and_comments();
    if (at_ != end_) {
      throw_damaged("something stands behind its end");
    }
  }

 private:
  [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - at_); }

  [[nodiscard]] bool is_at(std::string_view text) const noexcept {
    return left() >= text.size() && is_same(at_, text.data(), text.size());
  }

  [[nodiscard]] bool is_at_end_tag() const noexcept {
    return left() >= 2 && at_[0] == '<' && at_[1] == '/';
  }

  bool skip(std::string_view text) noexcept {
    const bool found = is_at(text);
    at_ += found ? text.size() : 0;
    return found;
  }

  void skip_blanks() noexcept {
    while (at_ != end_ && detail::is_blank(*at_)) {
      ++at_;
    }
  }

  void skip_blanks_and_comments() {
    for (skip_blanks(); skip("<!--"); skip_blanks()) {
      skip_behind("-->");
    }
  }

  // To the next '<' where only elements may stand.
  void skip_between() {
    if (left() >= 2 && at_[0] == '<' && at_[1] != '!') {
      return;
    }
    skip_blanks_and_comments();
    if (at_ == end_) {
      throw_damaged("it is cut short");
    }
    if (*at_ != '<') {
      throw_damaged("text stands where none should");
    }
  }

  void skip_behind(std::string_view text) {
    const std::string_view rest(at_, left());
    const std::size_t found = rest.find(text);
    if (found == std::string_view::npos) {
      throw_damaged("it is cut short");
    }
    at_ += found + text.size();
  }

  static std::string_view without_attributes(std::string_view tag) {
    if (tag.find('<') != std::string_view::npos) {
      throw_damaged("a tag does not end");
    }
    return tag.substr(0, tag.find_first_of(" \n\r\t"));
  }

  void close(const XmlElement& element) {
    bool ends = is_at_end_tag();
    at_ += ends ? 2 : 0;
    ends = ends && skip(element.name);
    skip_blanks();
    if (!ends || at_ == end_ || *at_ != '>') {
      throw_damaged(at_ == end_ ? "it is cut short" : "an element does not end as it began");
    }
    ++at_;
  }

  // Most of what lies between tags is shorter than a call of `memchr` is worth.
  const char* find(char c) {
    constexpr int k_words = std::endian::native == std::endian::little ? 2 : 0;
    const char* at = at_;
    for (int word = 0; word < k_words && end_ - at >= 8; ++word, at += 8) {
      if (const int offset = offset_in_word(at, c); offset < 8) {
        return at + offset;
      }
    }
    const void* const found = std::memchr(at, c, static_cast<std::size_t>(end_ - at));
    if (found == nullptr) {
      throw_damaged("it is cut short");
    }
    return static_cast<const char*>(found);
  }

  const char* at_;
  const char* end_;
};

} // namespace nightshift::s3
