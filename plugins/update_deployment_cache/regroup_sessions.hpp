// SPDX-License-Identifier: Apache-2.0
//
// Sessions from fragments, only where merges have touched the captures. A touched span is widened
// until nothing outside hangs together with it; within it sessions are made anew, as if there had
// never been any, and handed the ids of those they replace. The captures' own times are read only
// where fragments do not tell the sessions: where those of two folders overlap, or a chain is
// longer than a session may be.

#pragma once

#include <nightshift/catalogue.hpp>
#include <nightshift/function_ref.hpp>
#include <nightshift/grouping.hpp>

#include <cstddef>
#include <cstdint>

namespace nightshift::update_deployment_cache {

// Sessions made anew, with or without a change, and the captures in them.
struct RegroupCounts {
  std::int64_t sessions = 0;
  std::int64_t captures = 0;

  friend bool operator==(const RegroupCounts&, const RegroupCounts&) = default;
};

// `at_window` is called before each of the `windows` to be regrouped; what it throws ends the work.
[[nodiscard]] RegroupCounts
regroup_sessions(Regroup& regroup, const GroupingRule& rule,
                 FunctionRef<void(std::size_t window, std::size_t windows)> at_window);

} // namespace nightshift::update_deployment_cache
