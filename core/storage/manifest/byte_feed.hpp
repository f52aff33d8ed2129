// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/byte_source.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iterator>

namespace nightshift::manifest {

// Bytes of a source one by one, for the parser; counts the lines.
class ByteFeed {
 public:
  explicit ByteFeed(ByteSource& source) : source_(source) {}

  [[nodiscard]] bool at_end() {
    if (at_ == size_) {
      size_ = source_.read(buffer_);
      at_ = 0;
    }
    return size_ == 0;
  }

  [[nodiscard]] char get() const noexcept { return buffer_[at_]; }

  void advance() {
    line_ += buffer_[at_] == '\n' ? 1 : 0;
    ++at_;
    if (++since_mark_ > k_longest_object) {
      fail_too_long();
    }
  }

  // The line; what one object may take is counted from here.
  [[nodiscard]] std::int64_t mark() noexcept {
    since_mark_ = 0;
    return line_;
  }

  [[nodiscard]] std::int64_t line() const noexcept { return line_; }

 private:
  [[noreturn]] void fail_too_long() const {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("{}:{}: an object goes on for more than {} bytes, which none "
                                      "of a manifest does: check what kind of file it is",
                                      source_.name(), line_, k_longest_object));
  }

  static constexpr std::size_t k_longest_object = std::size_t{1} << 20U;

  ByteSource& source_;
  std::array<char, 65'536> buffer_{};
  std::size_t at_ = 0;
  std::size_t size_ = 0;
  std::int64_t line_ = 1;
  std::size_t since_mark_ = 0;
};

// What the parser takes: a pass over a feed. Without one, its end.
class FeedIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = char;

  FeedIterator() = default;

  explicit FeedIterator(ByteFeed& feed) : feed_(&feed) {}

  char operator*() const noexcept { return feed_->get(); }

  FeedIterator& operator++() {
    feed_->advance();
    return *this;
  }

  // Of two, one is always the end.
  friend bool operator==(const FeedIterator& a, const FeedIterator& b) {
    ByteFeed* const feed = a.feed_ != nullptr ? a.feed_ : b.feed_;
    return feed == nullptr || feed->at_end();
  }

 private:
  ByteFeed* feed_ = nullptr;
};

} // namespace nightshift::manifest
