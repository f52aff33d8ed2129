// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/regroup_sessions.hpp"

#include "plugins/update_deployment_cache/session_ids.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <tuple>
#include <vector>

namespace nightshift::update_deployment_cache {

namespace {

using std::chrono::seconds;

// Beyond any capture, and far from overflow: dirty spans and reaches are cut to it.
constexpr seconds k_for_ever = std::chrono::years{100'000};

void cover(TimeSpan& span, const TimeSpan& other) {
  span.start = std::min(span.start, other.start);
  span.end = std::max(span.end, other.end);
}

// What hangs together with `span`, as far as it can be seen from the span's ends within `width`.
TimeSpan widened_once(Regroup& regroup, const TimeSpan& span, seconds max_gap, seconds width) {
  TimeSpan wider = span;
  const std::array<TimeSpan, 2> margins{
      {{span.start - width, span.start}, {span.end, span.end + width}}};
  for (const TimeSpan& margin : margins) {
    for (const Chain& chain : chains_of(regroup.fragments(margin), max_gap)) {
      if (chain.span.end > span.start - max_gap && chain.span.start < span.end + max_gap) {
        cover(wider, chain.span);
      }
    }
  }
  for (const WallTime end : {span.start, span.end}) {
    for (const Session& session : regroup.sessions({end, end})) {
      cover(wider, session.span);
    }
  }
  return wider;
}

// `span` with all that hangs together with it: fragments through gaps shorter than `max_gap`, and
// sessions that overlap. Looks twice as far each time, so that a chain of many short fragments
// takes few looks.
TimeSpan widened(Regroup& regroup, TimeSpan span, seconds max_gap) {
  for (seconds width = max_gap;; width = std::min(width * 2, k_for_ever)) {
    const TimeSpan wider = widened_once(regroup, span, max_gap, width);
    if (wider == span) {
      return span;
    }
    span = wider;
  }
}

// The spans within which sessions are to be made anew, ascending, not overlapping.
std::vector<TimeSpan> windows_of(Regroup& regroup, seconds max_gap) {
  std::vector<TimeSpan> dirty;
  for (TimeSpan span : regroup.dirty()) {
    span.start = std::max(span.start, WallTime{-k_for_ever});
    span.end = std::min(span.end, WallTime{k_for_ever});
    if (!dirty.empty() && span.start - dirty.back().end < max_gap) {
      cover(dirty.back(), span);
    } else {
      dirty.push_back(span);
    }
  }
  std::vector<TimeSpan> windows;
  for (const TimeSpan& span : dirty) {
    if (!windows.empty() && span.end <= windows.back().end) {
      continue;
    }
    const TimeSpan window = widened(regroup, span, max_gap);
    if (!windows.empty() && window.start <= windows.back().end) {
      cover(windows.back(), window);
    } else {
      windows.push_back(window);
    }
  }
  return windows;
}

void append(std::vector<Session>& sessions, const Grouper::Group& group) {
  sessions.push_back({0, group.span, group.captures, group.duplicate_times});
}

// The sessions within `window`, as if there had never been any.
std::vector<Session> make_sessions(Regroup& regroup, const TimeSpan& window,
                                   const GroupingRule& rule) {
  std::vector<Session> sessions;
  for (const Chain& chain : chains_of(regroup.fragments(window), rule.max_gap)) {
    if (!chain.needs_times(rule)) {
      append(sessions, {chain.span, chain.captures, chain.duplicate_times});
      continue;
    }
    Grouper grouper(rule);
    regroup.times(chain.span, [&](WallTime time, std::int64_t captures) {
      if (const auto group = grouper.add(time, captures)) {
        append(sessions, *group);
      }
    });
    if (const auto group = grouper.finish()) {
      append(sessions, *group);
    }
  }
  return sessions;
}

// What is in `sessions` but not, exactly so, in `others`. Both ascend.
std::vector<Session> without(std::span<const Session> sessions, std::span<const Session> others) {
  const auto order = [](const Session& a, const Session& b) {
    const auto all = [](const Session& s) {
      return std::tuple(s.span.start, s.span.end, s.id, s.captures, s.duplicate_times);
    };
    return all(a) < all(b);
  };
  std::vector<Session> rest;
  std::set_difference(sessions.begin(), sessions.end(), others.begin(), others.end(),
                      std::back_inserter(rest), order);
  return rest;
}

RegroupCounts regroup_window(Regroup& regroup, const TimeSpan& window, const GroupingRule& rule) {
  const std::vector<Session> before = regroup.sessions(window);
  std::vector<Session> after = make_sessions(regroup, window, rule);
  hand_down_ids(before, after, [&regroup](const TimeSpan& span) {
    std::int64_t sum = 0;
    regroup.times(span, [&sum](WallTime, std::int64_t captures) { sum += captures; });
    return sum;
  });
  const std::vector<Session> gone = without(before, after);
  const std::vector<Session> come = without(after, before);
  if (!gone.empty() || !come.empty()) {
    regroup.replace(gone, come);
  }
  RegroupCounts counts;
  for (const Session& session : after) {
    ++counts.sessions;
    counts.captures += session.captures;
  }
  return counts;
}

} // namespace

RegroupCounts
regroup_sessions(Regroup& regroup, const GroupingRule& rule,
                 FunctionRef<void(std::size_t window, std::size_t windows)> at_window) {
  const std::vector<TimeSpan> windows = windows_of(regroup, rule.max_gap);
  RegroupCounts counts;
  for (std::size_t i = 0; i < windows.size(); ++i) {
    at_window(i, windows.size());
    const RegroupCounts regrouped = regroup_window(regroup, windows[i], rule);
    counts.sessions += regrouped.sessions;
    counts.captures += regrouped.captures;
  }
  return counts;
}

} // namespace nightshift::update_deployment_cache
