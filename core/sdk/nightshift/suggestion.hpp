// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// How many edits (insert, remove, replace, swap neighbours) turn one word into the other.
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(above.begin(), above.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

// "did you mean \"x\"?" for the likeliest of `known` (any range of text), or "" if none is near.
// Among equals the first wins.
template <class Words>
[[nodiscard]] std::string did_you_mean(std::string_view word, const Words& known) {
  // Nobody mistypes a longer word, and the effort grows with its length.
  constexpr std::size_t k_longest = 100;
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : known) {
    const std::string_view text(candidate);
    if (word.size() > k_longest || text.size() > k_longest) {
      continue;
    }
    const std::size_t distance = edit_distance(word, text);
    if (distance < best_distance) {
      best_distance = distance;
      best = text;
    }
  }
  return best.empty() ? std::string() : fmt::format("did you mean \"{}\"?", best);
}

} // namespace nightshift
