// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/function_ref.hpp>
#include <nightshift/session.hpp>

#include <cstdint>
#include <span>

namespace nightshift::update_deployment_cache {

// Give the ids of the sessions `before` to the sessions `after` that took their place, so that a
// session keeps its id as long as most of it is there. Both ascend and neither overlaps itself.
//
// An overlap is the captures of the new session that lie within the old one's span. The largest
// overlaps choose first, among equal ones the earliest; an id is given once, a session gets one id
// at most. What nobody chose is left at 0.
//
// `captures_in` counts the captures in a span; it is asked only where sessions were split or
// merged.
void hand_down_ids(std::span<const Session> before, std::span<Session> after,
                   FunctionRef<std::int64_t(const TimeSpan& span)> captures_in);

} // namespace nightshift::update_deployment_cache
