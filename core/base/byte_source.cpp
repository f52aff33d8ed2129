// SPDX-License-Identifier: Apache-2.0

#include "core/base/byte_source.hpp"

#include "core/base/work_meter.hpp"

#include <algorithm>
#include <utility>

namespace nightshift {

FileBytes::FileBytes(std::filesystem::path path)
    : path_(std::move(path)),
      name_(shown_path(path_)),
      fd_(open_file(path_)) {}

std::size_t FileBytes::read(std::span<char> buffer) {
  const std::size_t count = read_some(fd_, buffer, path_);
  tally(Tally::read);
  tally(Tally::read_bytes, static_cast<std::int64_t>(count));
  return count;
}

std::string_view PeekedBytes::peek(std::size_t size) {
  ahead_.erase(0, std::exchange(at_, 0));
  while (ahead_.size() < size) {
    const std::size_t before = ahead_.size();
    ahead_.resize(size);
    const std::size_t count = source_.read(std::span(ahead_).subspan(before));
    ahead_.resize(before + count);
    if (count == 0) {
      break;
    }
  }
  return std::string_view(ahead_).substr(0, size);
}

std::size_t PeekedBytes::read(std::span<char> buffer) {
  if (at_ == ahead_.size()) {
    return source_.read(buffer);
  }
  const std::size_t count = std::min(buffer.size(), ahead_.size() - at_);
  std::copy_n(ahead_.data() + at_, count, buffer.data());
  at_ += count;
  return count;
}

} // namespace nightshift
