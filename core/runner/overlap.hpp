// SPDX-License-Identifier: Apache-2.0
//
// What a job does that finds its deployment busy: --on-overlap.

#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

enum class OverlapPolicy : std::uint8_t {
  fail,    // FAILURE, reason `overlap`; the run exits with 75
  skip,    // REVOKED, reason `overlap`; counts as nothing to do: the run exits with 0
  wait,    // until the other has ended
  replace, // ask the other to cancel, then wait until it has ended
};

struct Overlap {
  OverlapPolicy policy = OverlapPolicy::fail;
  std::optional<std::chrono::milliseconds> patience; // of `wait`; none: without end
};

// "fail", "skip", "wait", "wait=10min", "replace"; nothing for anything else.
[[nodiscard]] std::optional<Overlap> parse_overlap(std::string_view text);

// The inverse.
[[nodiscard]] std::string to_text(const Overlap& overlap);

} // namespace nightshift
