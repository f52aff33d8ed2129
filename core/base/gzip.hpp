// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/byte_source.hpp"

#include <memory>
#include <string_view>
#include <vector>

struct z_stream_s;

namespace nightshift {

// Whether a file that begins with `front` is a gzip file: two bytes tell.
[[nodiscard]] bool is_gzip(std::string_view front) noexcept;

// The content of a gzip file, of all its members one after the other, unpacked while it is read.
// Source of the format: RFC 1952.
class GzipBytes final : public ByteSource {
 public:
  // Borrows `packed`, whose name it has.
  explicit GzipBytes(ByteSource& packed);

  // Throws `bad_data` if the file is damaged (checksum and length are held against the content), if
  // it ends before its last member does, and if something else follows that.
  [[nodiscard]] std::size_t read(std::span<char> buffer) override;

  [[nodiscard]] const std::string& name() const noexcept override { return packed_.name(); }

 private:
  [[nodiscard]] bool begin_member();
  [[nodiscard]] bool fill();
  [[noreturn]] void fail(std::string_view what) const;

  ByteSource& packed_;
  std::vector<char> input_;
  std::unique_ptr<z_stream_s, void (*)(z_stream_s*)> stream_;
  bool in_member_ = false;
  bool any_member_ = false;
};

} // namespace nightshift
