// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/byte_source.hpp"

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace nightshift::tests {

// A text that comes in chunks of so many bytes.
class ChunkedBytes final : public ByteSource {
 public:
  explicit ChunkedBytes(std::string text, std::size_t chunk = std::string::npos)
      : text_(std::move(text)),
        chunk_(chunk) {}

  std::size_t read(std::span<char> buffer) override {
    const std::size_t count = std::min({buffer.size(), chunk_, text_.size() - at_});
    std::copy_n(text_.data() + at_, count, buffer.data());
    at_ += count;
    return count;
  }

  const std::string& name() const noexcept override { return name_; }

 private:
  std::string text_;
  std::size_t chunk_;
  std::size_t at_ = 0;
  std::string name_ = "listing";
};

// All that is left of a source, asked for `piece` bytes at a time.
inline std::string read_all(ByteSource& source, std::size_t piece = 4096) {
  std::string text;
  std::string buffer(piece, '\0');
  while (const std::size_t count = source.read(buffer)) {
    text.append(buffer, 0, count);
  }
  return text;
}

} // namespace nightshift::tests
