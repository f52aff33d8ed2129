// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/digit_runs.hpp"

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace nightshift::data_storage_sync {
namespace {

// Texts of every length up to `longest`, of all kinds of bytes, with many digits among them.
std::vector<std::string> texts_of_all_lengths(std::size_t longest, int highest_byte) {
  std::mt19937 random(1); // NOLINT(cert-msc32-c,cert-msc51-cpp): the same ones every time
  std::vector<std::string> texts;
  for (std::size_t length = 0; length <= longest; ++length) {
    for (int n = 0; n < 20; ++n) {
      std::string text;
      while (text.size() < length) {
        const bool digit = random() % 2 == 0;
        text.push_back(static_cast<char>(
            digit ? '0' + random() % 10 : random() % static_cast<unsigned>(highest_byte + 1)));
      }
      texts.push_back(text);
    }
  }
  return texts;
}

TEST(AsciiDigits, HasABitForEachDigit) {
  for (const std::string& text : texts_of_all_lengths(64, 255)) {
    std::uint64_t bits = 0;
    bool ascii = true;
    for (std::size_t at = 0; at < text.size(); ++at) {
      bits |= std::uint64_t{is_digit(text[at]) ? 1U : 0U} << at;
      ascii = ascii && static_cast<unsigned char>(text[at]) < 0x80;
    }
    const AsciiDigits found = ascii_digits(text);
    EXPECT_EQ(found.bits, bits) << text;
    EXPECT_EQ(found.ascii, ascii) << text;
  }
}

TEST(ShortDigits, TellsWhatLongDigitsTells) {
  for (const std::string& text : texts_of_all_lengths(64, 127)) {
    const ShortDigits by_bits(ascii_digits(text).bits, text.size());
    const LongDigits by_bytes(text);
    ASSERT_EQ(by_bits.size(), by_bytes.size());
    for (std::size_t at = 0; at <= text.size(); ++at) {
      EXPECT_EQ(by_bits.skip_others(at), by_bytes.skip_others(at)) << text << " at " << at;
      EXPECT_EQ(by_bits.skip_digits(at), by_bytes.skip_digits(at)) << text << " at " << at;
      for (const char* shape : {"dddddd", "?dd?dd?", "dd?dd?dd"}) {
        EXPECT_EQ(by_bits.has_shape(at, shape), by_bytes.has_shape(at, shape))
            << text << " at " << at << ": " << shape;
      }
    }
  }
}

} // namespace
} // namespace nightshift::data_storage_sync
