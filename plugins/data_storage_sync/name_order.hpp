// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/object.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace nightshift::data_storage_sync {

// The order of a part's objects by the bytes of their names. The names of one folder mostly begin
// alike, with a date; eight bytes from behind that, read as one number, tell nearly all apart, for
// a third of the time that comparing whole names takes.
class NameOrder {
 public:
  // The part is borrowed, and keeps its text.
  explicit NameOrder(const FolderPart& part) : part_(part) {
    if (part.objects.empty()) {
      return;
    }
    const std::string_view first = part.name(part.objects.front());
    common_ = first.size();
    for (const ObjectEntry& object : part.objects) {
      const std::string_view name = part.name(object);
      const std::size_t most = std::min(common_, name.size());
      common_ = static_cast<std::size_t>(
          std::mismatch(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(most),
                        name.begin())
              .first -
          first.begin());
    }
  }

  [[nodiscard]] bool operator()(const ObjectEntry& a, const ObjectEntry& b) const noexcept {
    const std::string_view a_name = part_.name(a);
    const std::string_view b_name = part_.name(b);
    const std::uint64_t a_key = key(a_name);
    const std::uint64_t b_key = key(b_name);
    return a_key != b_key ? a_key < b_key : a_name < b_name;
  }

 private:
  // What follows the common beginning, the first byte the most significant one. A name that ends
  // there is filled up with zeros, which may be another's bytes: then the whole names decide.
  [[nodiscard]] std::uint64_t key(std::string_view name) const noexcept {
    std::uint64_t number = 0;
    const std::string_view rest = name.substr(common_);
    if (rest.size() >= sizeof number) { // a size the compiler knows: one instruction
      std::memcpy(&number, rest.data(), sizeof number);
    } else {
      std::memcpy(&number, rest.data(), rest.size());
    }
    return std::endian::native == std::endian::little ? __builtin_bswap64(number) : number;
  }

  const FolderPart& part_;
  std::size_t common_ = 0; // bytes that all names begin with
};

} // namespace nightshift::data_storage_sync
