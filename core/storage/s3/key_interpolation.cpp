// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/key_interpolation.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <cstdint>
#include <utility>

namespace nightshift::s3 {

namespace {

using ByteSet = std::bitset<128>;

constexpr bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

constexpr bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}

constexpr bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}

constexpr bool is_alphanumeric(char c) noexcept {
  return is_digit(c) || is_lower(c) || is_upper(c);
}

template <class Matches>
ByteSet bytes_that(Matches matches) {
  ByteSet set;
  for (std::size_t byte = 0; byte < set.size(); ++byte) {
    set[byte] = matches(static_cast<char>(byte));
  }
  return set;
}

bool is_within(const ByteSet& set, const ByteSet& other) noexcept {
  return (set & ~other).none();
}

// All bytes of the kinds that are seen: where some digits stand, any may.
ByteSet widened(const ByteSet& seen) {
  static const ByteSet k_digits = bytes_that(is_digit);
  static const ByteSet k_lower = bytes_that(is_lower);
  static const ByteSet k_upper = bytes_that(is_upper);
  static const ByteSet k_lower_hex =
      bytes_that([](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
  static const ByteSet k_upper_hex =
      bytes_that([](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); });
  for (const ByteSet& hex : {k_lower_hex, k_upper_hex}) {
    if (is_within(seen, hex) && (seen & k_digits).any() && !is_within(seen, k_digits)) {
      return hex;
    }
  }
  ByteSet wide = seen;
  for (const ByteSet& kind : {k_digits, k_lower, k_upper}) {
    wide |= (seen & kind).any() ? kind : ByteSet();
  }
  return wide;
}

// A place within keys, counted from where they begin to differ.
struct Place {
  ByteSet seen;
  std::string bytes; // that may stand here, ascending: the digits of this place
  std::uint64_t unit = 1;

  [[nodiscard]] std::uint64_t base() const noexcept { return bytes.size(); }

  // How many of the bytes are less.
  [[nodiscard]] std::uint64_t digit(char c) const noexcept {
    return static_cast<std::uint64_t>(std::lower_bound(bytes.begin(), bytes.end(), c) -
                                      bytes.begin());
  }
};

// What keys below `beginning` look like behind it.
class KeyNumbers {
 public:
  KeyNumbers(std::string beginning, std::span<const std::string_view> keys)
      : beginning_(std::move(beginning)) {
    gather(keys);
    widen();
    give_units();
  }

  // One more than the number of the last key.
  [[nodiscard]] std::uint64_t end() const noexcept {
    return places_.empty() ? 0 : places_.front().unit * places_.front().base();
  }

  // Of a key that begins as all do; 0 for one that does not.
  [[nodiscard]] std::uint64_t number(std::string_view key) const noexcept {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < places_.size() && beginning_.size() + i < key.size(); ++i) {
      sum += places_[i].digit(key[beginning_.size() + i]) * places_[i].unit;
    }
    return key.starts_with(beginning_) ? sum : 0;
  }

  // The shortest text from which on keys have this number or a greater one.
  [[nodiscard]] std::string text(std::uint64_t number) const {
    std::string text = beginning_;
    for (const Place& place : places_) {
      if (number == 0) {
        break;
      }
      text.push_back(place.bytes[number / place.unit]);
      number %= place.unit;
    }
    return text;
  }

 private:
  // Up to where a key is no plain text: a piece of a character is no text at all.
  void gather(std::span<const std::string_view> keys) {
    constexpr std::size_t k_most_places = 64;
    for (std::size_t i = 0; i < k_most_places; ++i) {
      Place place;
      if (!see(keys, beginning_.size() + i, place) || place.seen.none()) {
        return;
      }
      places_.push_back(std::move(place));
    }
  }

  // Note the bytes that keys have at a place; false if one is no plain text.
  [[nodiscard]] bool see(std::span<const std::string_view> keys, std::size_t at,
                         Place& place) const {
    for (const std::string_view key : keys) {
      if (key.size() > at && key.starts_with(beginning_)) {
        const auto byte = static_cast<unsigned char>(key[at]);
        if (byte < 0x20 || byte >= 0x7F) {
          return false;
        }
        place.seen.set(byte);
      }
    }
    return true;
  }

  // A word of letters and digits has one alphabet wherever it varies: a hash whose first byte did
  // not change yet will go on to letters, a counter's will not.
  void widen() {
    const auto is_of_word = [](const Place& place) {
      static const ByteSet k_alphanumeric = bytes_that(is_alphanumeric);
      return is_within(place.seen, k_alphanumeric);
    };
    for (auto word = places_.begin(); word != places_.end();) {
      const auto end = std::find_if_not(word, places_.end(), is_of_word);
      ByteSet varying;
      for (auto place = word; place != end; ++place) {
        varying |= place->seen.count() > 1 ? place->seen : ByteSet();
      }
      for (auto place = word; place != end; ++place) {
        set_bytes(*place, alphabet(place->seen, widened(varying)));
      }
      word = end;
      for (; word != places_.end() && !is_of_word(*word); ++word) {
        set_bytes(*word, word->seen.count() > 1 ? widened(word->seen) : word->seen);
      }
    }
  }

  static ByteSet alphabet(const ByteSet& seen, const ByteSet& of_word) {
    if (of_word.any() && is_within(seen, of_word)) {
      return of_word;
    }
    static const ByteSet k_digits = bytes_that(is_digit);
    return seen.count() > 1 || is_within(seen, k_digits) ? widened(seen) : seen;
  }

  static void set_bytes(Place& place, const ByteSet& bytes) {
    for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
      if (bytes[byte]) {
        place.bytes.push_back(static_cast<char>(byte));
      }
    }
  }

  // As many places as numbers have room for.
  void give_units() {
    constexpr std::uint64_t k_room = std::uint64_t{1} << 48U;
    std::uint64_t product = 1;
    std::size_t count = 0;
    while (count < places_.size() && product * places_[count].base() <= k_room) {
      product *= places_[count].base();
      ++count;
    }
    places_.resize(count);
    for (Place& place : places_) {
      product /= place.base();
      place.unit = product;
    }
  }

  std::string beginning_;
  std::vector<Place> places_;
};

std::string_view common_beginning(std::string_view a, std::string_view b) noexcept {
  const auto [end, other] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return a.substr(0, static_cast<std::size_t>(end - a.begin()));
}

std::string beginning_of(const KeySpace& space) {
  if (!space.until.empty()) {
    return std::string(common_beginning(space.after, space.until));
  }
  return std::string(space.after.starts_with(space.folder) ? space.folder : std::string_view());
}

// Enough of `keys` to see what stands where, in their order, with the first and the last.
std::vector<std::string_view> sample_of(std::span<const std::string_view> keys) {
  constexpr std::size_t k_sample = 64;
  const std::size_t step = keys.size() / k_sample + 1;
  std::vector<std::string_view> sample;
  for (std::size_t i = 0; i < keys.size(); i += step) {
    sample.push_back(keys[i]);
  }
  return sample;
}

std::vector<std::string_view> known_keys(const KeySpace& space,
                                         std::span<const std::string_view> seen) {
  std::vector<std::string_view> keys = sample_of(seen);
  keys.push_back(space.after);
  if (!space.until.empty()) {
    keys.push_back(space.until);
  }
  return keys;
}

// A space as numbers.
struct Stretch {
  std::uint64_t from;
  std::uint64_t to;
  std::uint64_t page; // how far one page went; 0 if that is not known
  bool is_open;       // where keys end nobody knows

  [[nodiscard]] std::uint64_t pieces(std::uint64_t most) const noexcept {
    return is_open || page == 0 ? most : std::min(most, (to - from) / (2 * page));
  }

  // Where the first `count` of `pieces` end. What is open may be used up by pages or by millions of
  // them, so there each piece is larger than the one before by the same factor.
  [[nodiscard]] std::uint64_t end_of(std::uint64_t count, std::uint64_t pieces) const {
    const double fraction = static_cast<double>(count) / static_cast<double>(pieces);
    const auto all = static_cast<double>(to - from);
    const auto one = static_cast<double>(page);
    const bool grows = is_open && page != 0 && one < all;
    return from +
           static_cast<std::uint64_t>(grows ? one * std::pow(all / one, fraction) : all * fraction);
  }
};

} // namespace

std::vector<std::string> interpolate(const KeySpace& space, std::span<const std::string_view> seen,
                                     std::size_t most) {
  const KeyNumbers numbers(beginning_of(space), known_keys(space, seen));
  const std::uint64_t from = numbers.number(space.after);
  const std::uint64_t to = space.until.empty() ? numbers.end() : numbers.number(space.until);
  if (to <= from) {
    return {};
  }
  const std::uint64_t before = seen.empty() ? from : numbers.number(seen.front());
  const Stretch stretch{from, to, from - std::min(from, before), space.until.empty()};
  const std::uint64_t pieces = stretch.pieces(most + 1);
  std::vector<std::string> boundaries;
  for (std::uint64_t i = 1; i < pieces; ++i) {
    std::string boundary = numbers.text(stretch.end_of(i, pieces));
    if (boundary > (boundaries.empty() ? space.after : boundaries.back()) &&
        (space.until.empty() || boundary < space.until)) {
      boundaries.push_back(std::move(boundary));
    }
  }
  return boundaries;
}

} // namespace nightshift::s3
