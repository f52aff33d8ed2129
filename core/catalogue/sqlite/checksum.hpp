// SPDX-License-Identifier: Apache-2.0
//
// Etags as the catalogue keeps them: the usual one is an MD5 in 32 hexadecimal digits and takes 16
// bytes, any other stays as it is.

#pragma once

#include <array>
#include <cstdint>
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
  static constexpr std::uint8_t k_no_digit = 0xFF;

  // The value of each hexadecimal digit. Lower case only, so that nothing is lost.
  static constexpr std::array<std::uint8_t, 256> k_digits = [] {
    std::array<std::uint8_t, 256> digits{};
    digits.fill(k_no_digit);
    for (std::uint8_t value = 0; value < 16; ++value) {
      digits[static_cast<unsigned char>("0123456789abcdef"[value])] = value;
    }
    return digits;
  }();

  [[nodiscard]] static constexpr unsigned digit(char c) noexcept {
    return k_digits[static_cast<unsigned char>(c)];
  }

  [[nodiscard]] bool pack(std::string_view etag) noexcept {
    if (etag.size() != 2 * md5_.size()) {
      return false;
    }
    unsigned all = 0; // more than 15 as soon as one is no digit
    for (std::size_t at = 0; at < md5_.size(); ++at) {
      const unsigned high = digit(etag[2 * at]);
      const unsigned low = digit(etag[2 * at + 1]);
      all |= high | low;
      md5_[at] = static_cast<char>(high << 4U | low);
    }
    return all < 16;
  }

  std::string_view etag_;
  ChecksumAlgorithm algorithm_ = ChecksumAlgorithm::etag;
  std::array<char, 16> md5_{};
};

} // namespace nightshift::sqlite
