// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/entry_builder.hpp"

namespace nightshift::manifest {

std::optional<FieldNames::Match> MemberNames::find(std::string_view name) {
  if (next_ < seen_.size() && seen_[next_].name == name) {
    return seen_[next_++].match;
  }
  for (next_ = 0; next_ < seen_.size(); ++next_) {
    if (seen_[next_].name == name) {
      return seen_[next_++].match;
    }
  }
  const auto match = names_.find(name);
  if (seen_.size() < k_most) {
    seen_.push_back({std::string(name), match});
    next_ = seen_.size();
  }
  return match;
}

void EntryBuilder::begin() {
  names_.begin();
  for (Slot& slot : slots_) {
    slot.rank = k_unset;
  }
}

bool EntryBuilder::set(std::string_view path, std::string_view value) {
  const auto match = names_.find(path);
  if (!match) {
    return true;
  }
  Slot& slot = slots_[index_of(match->field)];
  if (slot.rank == match->rank) {
    return false;
  }
  if (match->rank < slot.rank) {
    slot.rank = match->rank;
    slot.text = value;
  }
  return true;
}

std::optional<Entry> EntryBuilder::finish() const {
  FieldTexts texts;
  for (std::size_t field = 0; field < k_field_count; ++field) {
    if (slots_[field].rank != k_unset) {
      texts[field] = slots_[field].text;
    }
  }
  return read_entry(texts);
}

} // namespace nightshift::manifest
