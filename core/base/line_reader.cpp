// SPDX-License-Identifier: Apache-2.0

#include "core/base/line_reader.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace nightshift {

namespace {

constexpr std::size_t k_first_size = 65'536;

} // namespace

LineReader::LineReader(ByteSource& source, std::size_t longest)
    : source_(source),
      longest_(longest),
      buffer_(k_first_size) {}

bool LineReader::next() {
  begin_ += size_;
  offset_ += size_;
  size_ = 0;
  line_ += lines_;
  lines_ = 0;
  return extend();
}

bool LineReader::extend() {
  std::size_t searched = size_;
  for (;;) {
    const std::string_view unread(buffer_.data() + begin_ + searched, end_ - begin_ - searched);
    if (const std::size_t newline = unread.find('\n'); newline != std::string_view::npos) {
      size_ = searched + newline + 1;
      break;
    }
    searched += unread.size();
    check_length(searched);
    if (!fill()) {
      if (searched == size_) {
        return false;
      }
      size_ = searched;
      break;
    }
  }
  ++lines_;
  check_length(size_);
  return true;
}

bool LineReader::fill() {
  if (end_ == buffer_.size()) {
    std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
    end_ -= begin_;
    begin_ = 0;
    if (end_ > buffer_.size() / 2) {
      buffer_.resize(2 * buffer_.size());
    }
  }
  const std::size_t count = source_.read(std::span(buffer_).subspan(end_));
  end_ += count;
  return count > 0;
}

void LineReader::check_length(std::size_t size) const {
  if (size > longest_) {
    throw permanent_error(
        error_code::k_bad_data,
        fmt::format("{}:{}: goes on for more than {} bytes, which no line of such "
                    "a file has: check what kind of file it is, and that each "
                    "quote is closed",
                    source_.name(), line_, longest_));
  }
}

} // namespace nightshift
