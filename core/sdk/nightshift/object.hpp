// SPDX-License-Identifier: Apache-2.0
//
// What a listing yields. A million objects pass through here a second, so a folder's objects share
// one text buffer and nothing is allocated per object.

#pragma once

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// Why an entry of a listing is not taken. The first five are Antenna's rules, in its order.
enum class Skip : std::uint8_t {
  empty_key,
  extension,
  folder_marker,
  pattern,
  empty_object,
  litter,       // left by operating systems and sync tools: "._a.jpg", "Thumbs.db", "$RECYCLE.BIN/"
  special,      // a symbolic link, device, socket or pipe
  beyond_limit, // left out of a job's sample (`limit`)
  repeated,     // told a second time, as where a folder is written to while it is read
};

inline constexpr std::array<std::string_view, 9> k_skip_names{
    "empty_key", "extension", "folder_marker", "pattern", "empty_object",
    "litter",    "special",   "beyond_limit",  "repeated"};

[[nodiscard]] constexpr std::string_view to_string(Skip skip) noexcept {
  return k_skip_names[static_cast<std::size_t>(skip)];
}

// How many entries were skipped, by reason.
struct SkipCounts {
  std::array<std::int64_t, k_skip_names.size()> by_reason{};

  void add(Skip skip, std::int64_t count = 1) noexcept {
    by_reason[static_cast<std::size_t>(skip)] += count;
  }

  void add(const SkipCounts& other) noexcept {
    std::transform(by_reason.begin(), by_reason.end(), other.by_reason.begin(), by_reason.begin(),
                   std::plus<>{});
  }

  [[nodiscard]] std::int64_t operator[](Skip skip) const noexcept {
    return by_reason[static_cast<std::size_t>(skip)];
  }

  [[nodiscard]] std::int64_t total() const noexcept {
    return std::accumulate(by_reason.begin(), by_reason.end(), std::int64_t{0});
  }
};

// One object of a `FolderPart`, whose `text` holds its name and, right behind that, its etag.
struct ObjectEntry {
  std::uint32_t name_offset = 0;
  std::uint16_t name_length = 0;
  std::uint16_t etag_length = 0;  // 0: the storage gives none
  std::int64_t size = 0;          // bytes
  std::int64_t last_modified = 0; // nanoseconds since 1970-01-01T00:00:00Z
};

// An entry that could not be examined, or a folder that could not be listed.
struct ListFailure {
  std::string key; // a folder's ends with '/', but for the root's ""
  std::string why; // "Permission denied"
};

// The objects of one folder, or a bounded piece of them: a folder may hold millions, and a flat key
// order (S3) interleaves a folder with its subfolders.
struct FolderPart {
  // How much of the folder the parts together tell.
  enum class Coverage : std::uint8_t {
    whole,      // every object
    partial,    // some objects could not be examined: absence proves nothing
    unreadable, // as partial, and nothing below it is known
  };

  std::string folder;                  // "" or ends with '/'
  bool first = true;                   // no part of this folder came before
  bool last = true;                    // no part of this folder comes after
  Coverage coverage = Coverage::whole; // meaningful in the last part
  std::string text;                    // names and etags, back to back
  std::vector<ObjectEntry> objects;
  SkipCounts skipped;
  std::vector<ListFailure> failures;
  // In the last part, where the listing was to tell it (`KnownFolders`) and it stands for the
  // objects: equal as long as none comes, goes or is renamed, and no other folder's is. Says
  // nothing else.
  std::optional<std::int64_t> version;
  // How many folders the listing had found and not yet begun with, if it knows: for a rough idea
  // of how far it is.
  std::optional<std::int64_t> folders_waiting;

  [[nodiscard]] std::string_view name(const ObjectEntry& object) const noexcept {
    return {text.data() + object.name_offset, object.name_length};
  }

  [[nodiscard]] std::string_view etag(const ObjectEntry& object) const noexcept {
    return {text.data() + object.name_offset + object.name_length, object.etag_length};
  }

  // Throws `bad_data` where the name or the etag is longer than any storage allows.
  void add(std::string_view name, std::int64_t size, std::int64_t last_modified,
           std::string_view etag = {}) {
    constexpr std::size_t k_longest = std::numeric_limits<std::uint16_t>::max();
    if (name.size() > k_longest || etag.size() > k_longest) {
      throw permanent_error(error_code::k_bad_data,
                            "the listing holds an object with a name or an etag of more than "
                            "65,535 bytes, which no storage allows");
    }
    const auto at = static_cast<std::uint32_t>(text.size());
    text.append(name).append(etag);
    objects.push_back({at, static_cast<std::uint16_t>(name.size()),
                       static_cast<std::uint16_t>(etag.size()), size, last_modified});
  }

  // Everything the listing met, taken or not: what the counts of a sync must add up to.
  [[nodiscard]] std::int64_t listed() const noexcept {
    return static_cast<std::int64_t>(objects.size() + failures.size()) + skipped.total();
  }

  // About how many bytes the part keeps in memory.
  [[nodiscard]] std::size_t memory() const noexcept {
    return sizeof *this + folder.capacity() + text.capacity() +
           objects.capacity() * sizeof(ObjectEntry);
  }
};

} // namespace nightshift
