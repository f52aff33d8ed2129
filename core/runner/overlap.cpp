// SPDX-License-Identifier: Apache-2.0

#include "core/runner/overlap.hpp"

#include <nightshift/units.hpp>

#include <fmt/format.h>

namespace nightshift {

std::optional<Overlap> parse_overlap(std::string_view text) {
  constexpr std::string_view k_wait_for = "wait=";
  if (text == "fail") {
    return Overlap{};
  }
  if (text == "skip") {
    return Overlap{OverlapPolicy::skip, {}};
  }
  if (text == "wait") {
    return Overlap{OverlapPolicy::wait, {}};
  }
  if (text == "replace") {
    return Overlap{OverlapPolicy::replace, {}};
  }
  if (text.starts_with(k_wait_for)) {
    if (const auto patience = parse_duration(text.substr(k_wait_for.size()))) {
      return Overlap{OverlapPolicy::wait,
                     std::chrono::duration_cast<std::chrono::milliseconds>(*patience)};
    }
  }
  return std::nullopt;
}

std::string to_text(const Overlap& overlap) {
  switch (overlap.policy) {
  case OverlapPolicy::fail:
    break;
  case OverlapPolicy::skip:
    return "skip";
  case OverlapPolicy::wait:
    return overlap.patience ? fmt::format("wait={}ms", overlap.patience->count()) : "wait";
  case OverlapPolicy::replace:
    return "replace";
  }
  return "fail";
}

} // namespace nightshift
