// SPDX-License-Identifier: Apache-2.0
//
// What the columns of a CSV and the members of a JSON object mean, and their texts as facts.

#pragma once

#include "core/storage/manifest/entry.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::manifest {

enum class Field : std::uint8_t {
  key,
  size,
  last_modified,
  etag,
  is_latest,        // false: an older version of its key
  is_delete_marker, // true: the key is gone
  is_folder,        // true: a folder that rclone lists among the objects
};

inline constexpr std::size_t k_field_count = 7;

// Which field a column or member is. A name is known in any case and with or without '_', '-' and
// blanks: "LastModifiedDate" and "last_modified_date" are one.
class FieldNames {
 public:
  struct Match {
    Field field;
    int rank; // of several that are the same field, the one of the least rank is taken
  };

  FieldNames() = default;

  // Where `chosen` names a field, just that name is it, to the letter.
  explicit FieldNames(std::map<Field, std::string> chosen) : chosen_(std::move(chosen)) {}

  // Nothing for what is no field.
  [[nodiscard]] std::optional<Match> find(std::string_view name) const;

  // The names of a field, for a message: "key, path or name".
  [[nodiscard]] std::string known(Field field) const;

 private:
  std::map<Field, std::string> chosen_;
};

// The texts of one entry, by field; nothing where there is none.
using FieldTexts = std::array<std::optional<std::string_view>, k_field_count>;

[[nodiscard]] constexpr std::size_t index_of(Field field) noexcept {
  return static_cast<std::size_t>(field);
}

// The entry that the texts tell of; nothing if it is no object that is there: an older version, a
// delete marker, a folder. Throws `bad_data`, to be completed with the place: no key, no size or
// one that cannot be, a time that is no moment.
[[nodiscard]] std::optional<Entry> read_entry(const FieldTexts& texts);

} // namespace nightshift::manifest
