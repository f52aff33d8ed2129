// SPDX-License-Identifier: Apache-2.0
//
// YAML text as a tree of values with positions: the strict subset that a job file is written in.
// Nothing outside of this folder's reader knows the YAML library.

#pragma once

#include "core/config/interpolation.hpp"

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace nightshift {

namespace yaml_limit {
inline constexpr std::size_t k_nodes = 200'000; // aliases counted as what they stand for
inline constexpr std::size_t k_depth = 64;
inline constexpr std::size_t k_text_bytes = std::size_t{16} * 1024 * 1024; // likewise
} // namespace yaml_limit

struct YamlText {
  std::string_view text;
  int file = 0;                 // for positions
  std::filesystem::path folder; // absolute; what `${file:…}` is relative to
};

struct YamlTree {
  std::optional<Value> root; // nothing: the text is empty, or no YAML, and that was reported
  // Of scalars that could not be resolved. Nothing stands there in the tree; a mistake that is
  // found there later follows from the one already reported.
  std::vector<SourcePosition> unresolved;
  std::vector<PutIn> put_in; // each once
};

// Reports every mistake: syntax (only the first), duplicate keys, what is not supported (tags,
// merge keys, several documents, keys that are no text), what cannot be resolved, and what exceeds
// the limits above. Time and memory are bounded whatever the text is.
[[nodiscard]] YamlTree read_yaml(const YamlText& source, Diagnostics& diagnostics);

} // namespace nightshift
