// SPDX-License-Identifier: Apache-2.0
//
// A folder's fingerprint: 128 bits that change when any object's name, size, last-modified time or
// etag does. It is a sum over the objects, so the order of a listing does not matter and the sum of
// a folder's parts is the folder's. Collisions are a matter of chance, not of malice: whoever can
// write to the storage can as well replace a file and restore its time. `verify: full` bypasses it.
//
// The mixing step is the folded 64 x 64 -> 128 bit multiplication of Wang Yi's wyhash (public
// domain), run in two lanes with different constants.

#pragma once

#include <nightshift/object.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>

namespace nightshift {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  Fingerprint& operator+=(const Fingerprint& other) noexcept {
    low += other.low;
    high += other.high;
    return *this;
  }

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

namespace detail {

[[nodiscard]] inline std::uint64_t fold(std::uint64_t a, std::uint64_t b) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

// Two independent 64-bit states that take in words and text.
class FingerprintLanes {
 public:
  void mix(std::uint64_t word) noexcept {
    low_ = fold(low_ ^ word, 0x9E3779B97F4A7C15ULL);
    high_ = fold(high_ ^ word, 0xD6E8FEB86659FD93ULL);
  }

  // The length goes in first: "ab" + "c" and "a" + "bc" differ.
  void mix(std::string_view text) noexcept {
    mix(text.size() + 1);
    for (; text.size() >= sizeof(std::uint64_t); text.remove_prefix(sizeof(std::uint64_t))) {
      mix(word(text));
    }
    if (!text.empty()) {
      mix(word(text));
    }
  }

  [[nodiscard]] Fingerprint result() const noexcept {
    return {fold(low_, 0xA0761D6478BD642FULL), fold(high_, 0xE7037ED1A0B428DBULL)};
  }

 private:
  [[nodiscard]] static std::uint64_t word(std::string_view text) noexcept {
    std::uint64_t value = 0;
    std::memcpy(&value, text.data(), std::min(text.size(), sizeof value));
    return value;
  }

  std::uint64_t low_ = 0x2D358DCCAA6C78A5ULL;
  std::uint64_t high_ = 0x8BB84B93962EACC9ULL;
};

} // namespace detail

[[nodiscard]] inline Fingerprint fingerprint_of(std::string_view name, std::int64_t size,
                                                std::int64_t last_modified,
                                                std::string_view etag = {}) noexcept {
  detail::FingerprintLanes lanes;
  lanes.mix(name);
  lanes.mix(static_cast<std::uint64_t>(size));
  lanes.mix(static_cast<std::uint64_t>(last_modified));
  if (!etag.empty()) {
    lanes.mix(etag);
  }
  return lanes.result();
}

[[nodiscard]] inline Fingerprint fingerprint_of(const FolderPart& part) noexcept {
  Fingerprint sum;
  for (const ObjectEntry& object : part.objects) {
    sum += fingerprint_of(part.name(object), object.size, object.last_modified, part.etag(object));
  }
  return sum;
}

// A hash of settings: what a sync's rules are reduced to.
[[nodiscard]] inline std::uint64_t hash_of(std::string_view text) noexcept {
  detail::FingerprintLanes lanes;
  lanes.mix(text);
  return lanes.result().low;
}

} // namespace nightshift
