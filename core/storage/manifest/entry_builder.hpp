// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/manifest/entry.hpp"
#include "core/storage/manifest/fields.hpp"

#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::manifest {

// Finds fields by name, at once where the objects have their members in one order.
class MemberNames {
 public:
  explicit MemberNames(const FieldNames& names) : names_(names) {}

  // An object begins.
  void begin() noexcept { next_ = 0; }

  [[nodiscard]] std::optional<FieldNames::Match> find(std::string_view name);

 private:
  static constexpr std::size_t k_most = 64;

  struct Seen {
    std::string name;
    std::optional<FieldNames::Match> match;
  };

  const FieldNames& names_;
  std::vector<Seen> seen_;
  std::size_t next_ = 0;
};

// Gathers the fields of one JSON object.
class EntryBuilder {
 public:
  explicit EntryBuilder(const FieldNames& names) : names_(names) {}

  void begin();

  // Take the value if the member at `path` is a field. False if there was such a member before.
  [[nodiscard]] bool set(std::string_view path, std::string_view value);

  // As `read_entry`; the entry's texts last until the next object.
  [[nodiscard]] std::optional<Entry> finish() const;

 private:
  static constexpr int k_unset = std::numeric_limits<int>::max();

  struct Slot {
    int rank = k_unset;
    std::string text;
  };

  MemberNames names_;
  std::array<Slot, k_field_count> slots_;
};

} // namespace nightshift::manifest
