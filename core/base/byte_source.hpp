// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/file.hpp"

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

namespace nightshift {

// Bytes that are read once, from front to back. One thread at a time.
class ByteSource {
 public:
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  // As many bytes as there are at hand, at most `buffer.size()`; 0 at the end only. Throws
  // `JobError`.
  [[nodiscard]] virtual std::size_t read(std::span<char> buffer) = 0;

  // What messages call it, on one line.
  [[nodiscard]] virtual const std::string& name() const noexcept = 0;

 protected:
  ByteSource() = default;
};

// The bytes of a regular file.
class FileBytes final : public ByteSource {
 public:
  // Throws as `open_file` does.
  explicit FileBytes(std::filesystem::path path);

  [[nodiscard]] std::size_t read(std::span<char> buffer) override;

  [[nodiscard]] const std::string& name() const noexcept override { return name_; }

 private:
  std::filesystem::path path_;
  std::string name_;
  Fd fd_;
};

// Another's bytes, of which the first may be looked at before they are read.
class PeekedBytes final : public ByteSource {
 public:
  // Borrows `source`.
  explicit PeekedBytes(ByteSource& source) : source_(source) {}

  // The next `size` bytes, or fewer if the source ends before; until the next call of anything.
  [[nodiscard]] std::string_view peek(std::size_t size);

  [[nodiscard]] std::size_t read(std::span<char> buffer) override;

  [[nodiscard]] const std::string& name() const noexcept override { return source_.name(); }

 private:
  ByteSource& source_;
  std::string ahead_; // read from the source, and from here only up to at_
  std::size_t at_ = 0;
};

} // namespace nightshift
