// SPDX-License-Identifier: Apache-2.0
//
// Etags as the catalogue keeps them: the usual one is an MD5 in 32 hexadecimal digits and takes 16
// bytes, any other stays as it is.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

enum class ChecksumAlgorithm : std::uint8_t { none, md5, etag };

class Checksum {
 public:
  // Borrows `etag`, which may be empty.
  explicit Checksum(std::string_view etag) noexcept : etag_(etag) {
    if (etag.empty()) {
      algorithm_ = ChecksumAlgorithm::none;
    } else if (pack(etag)) {
      algorithm_ = ChecksumAlgorithm::md5;
    }
  }

  [[nodiscard]] ChecksumAlgorithm algorithm() const noexcept { return algorithm_; }

  [[nodiscard]] std::string_view bytes() const noexcept {
    return algorithm_ == ChecksumAlgorithm::md5 ? std::string_view(md5_.data(), md5_.size())
                                                : etag_;
  }

 private:
  // Lower case only, so that nothing is lost.
  [[nodiscard]] static constexpr std::optional<unsigned> digit(char c) noexcept {
    if (c >= '0' && c <= '9') {
      return static_cast<unsigned>(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
      return static_cast<unsigned>(c - 'a') + 10U;
    }
    return std::nullopt;
  }

  [[nodiscard]] bool pack(std::string_view etag) noexcept {
    if (etag.size() != 2 * md5_.size()) {
      return false;
    }
    for (std::size_t at = 0; at < md5_.size(); ++at) {
      const auto high = digit(etag[2 * at]);
      const auto low = digit(etag[2 * at + 1]);
      if (!high || !low) {
        return false;
      }
      md5_[at] = static_cast<char>(*high << 4U | *low);
    }
    return true;
  }

  std::string_view etag_;
  ChecksumAlgorithm algorithm_ = ChecksumAlgorithm::etag;
  std::array<char, 16> md5_{};
};

} // namespace nightshift::sqlite
