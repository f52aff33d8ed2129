// SPDX-License-Identifier: Apache-2.0
//
// Short runs of bytes, eight at a time: for texts of a few dozen bytes, of which a million are
// looked at, where a call for each would show.
//
// Source of has_zero: "Determine if a word has a zero byte", Bit Twiddling Hacks, S. E. Anderson.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace nightshift {

namespace detail {

constexpr std::uint64_t k_ones = 0x0101010101010101U;
constexpr std::uint64_t k_high_bits = k_ones << 7U;

template <class Word = std::uint64_t>
[[nodiscard]] inline Word word_at(const char* at) noexcept {
  Word word = 0;
  std::memcpy(&word, at, sizeof word);
  return word;
}

// The high bit of the first zero byte from the low end, and perhaps of later bytes; 0 if none is.
[[nodiscard]] constexpr std::uint64_t has_zero(std::uint64_t word) noexcept {
  return (word - k_ones) & ~word & k_high_bits;
}

[[nodiscard]] constexpr std::uint64_t has_byte(std::uint64_t word, char c) noexcept {
  return has_zero(word ^ (k_ones * static_cast<unsigned char>(c)));
}

} // namespace detail

// Whether the `size` bytes at `a` and at `b` are the same.
[[nodiscard]] inline bool is_same(const char* a, const char* b, std::size_t size) noexcept {
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    return detail::word_at<Word>(a + at) != detail::word_at<Word>(b + at);
  };
  constexpr std::size_t k_long = sizeof(std::uint64_t);
  constexpr std::size_t k_short = sizeof(std::uint32_t);
  if (size >= k_long) {
    for (std::size_t at = 0; at + k_long < size; at += k_long) {
      if (differ(std::uint64_t{}, at)) {
        return false;
      }
    }
    return !differ(std::uint64_t{}, size - k_long); // perhaps over some that were compared
  }
  if (size >= k_short) {
    return !differ(std::uint32_t{}, 0) && !differ(std::uint32_t{}, size - k_short);
  }
  for (; size != 0 && *a == *b; --size, ++a, ++b) {
  }
  return size == 0;
}

[[nodiscard]] inline bool is_same(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() && is_same(a.data(), b.data(), a.size());
}

// Where among the eight bytes at `at` the first `c` is; 8 if it is not. For little endian.
[[nodiscard]] inline int offset_in_word(const char* at, char c) noexcept {
  return std::countr_zero(detail::has_byte(detail::word_at(at), c)) / 8;
}

// Whether `text` holds one of `Chars`.
template <char... Chars>
[[nodiscard]] inline bool has_any_of(std::string_view text) noexcept {
  const auto has_any = [](std::uint64_t word) {
    return (detail::has_byte(word, Chars) | ...) != 0;
  };
  const char* at = text.data();
  std::size_t left = text.size();
  for (; left >= sizeof(std::uint64_t); left -= sizeof(std::uint64_t)) {
    if (has_any(detail::word_at(at))) {
      return true;
    }
    at += sizeof(std::uint64_t);
  }
  for (; left != 0; --left, ++at) {
    if (((*at == Chars) || ...)) {
      return true;
    }
  }
  return false;
}

// Whether all of `text` is ASCII.
[[nodiscard]] inline bool is_ascii(std::string_view text) noexcept {
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t all = 0;
  for (; left >= sizeof all; left -= sizeof all, at += sizeof all) {
    all |= detail::word_at(at);
  }
  for (; left != 0; --left, ++at) {
    all |= static_cast<unsigned char>(*at);
  }
  return (all & detail::k_high_bits) == 0;
}

} // namespace nightshift
