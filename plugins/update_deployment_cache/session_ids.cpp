// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/session_ids.hpp"

#include <algorithm>
#include <cstddef>
#include <tuple>
#include <vector>

namespace nightshift::update_deployment_cache {

namespace {

// An old and a new session, by index, whose spans overlap.
struct Pair {
  std::size_t before;
  std::size_t after;
  std::int64_t overlap = 0;
};

bool contains(const TimeSpan& span, WallTime time) noexcept {
  return span.start <= time && time <= span.end;
}

std::vector<Pair> overlapping_pairs(std::span<const Session> before,
                                    std::span<const Session> after) {
  std::vector<Pair> pairs;
  std::size_t first = 0; // the first of `after` that may overlap this or a later one of `before`
  for (std::size_t i = 0; i < before.size(); ++i) {
    while (first < after.size() && after[first].span.end < before[i].span.start) {
      ++first;
    }
    for (std::size_t j = first; j < after.size() && after[j].span.start <= before[i].span.end;
         ++j) {
      pairs.push_back({i, j});
    }
  }
  return pairs;
}

class Overlaps {
 public:
  Overlaps(std::span<const Session> before, std::span<const Session> after,
           std::span<const Pair> pairs)
      : before_(before),
        after_(after),
        partners_before_(before.size()),
        partners_after_(after.size()) {
    for (const Pair& pair : pairs) {
      ++partners_before_[pair.before];
      ++partners_after_[pair.after];
    }
  }

  // Exact where there is a choice, else any number above 0 if it is above 0.
  [[nodiscard]] std::int64_t of(const Pair& pair,
                                FunctionRef<std::int64_t(const TimeSpan&)> captures_in) const {
    const TimeSpan& old_span = before_[pair.before].span;
    const Session& session = after_[pair.after];
    const bool holds_start = contains(old_span, session.span.start);
    const bool holds_end = contains(old_span, session.span.end);
    if (holds_start && holds_end) {
      return session.captures;
    }
    const bool choice = partners_before_[pair.before] > 1 || partners_after_[pair.after] > 1;
    if (!choice && (holds_start || holds_end)) {
      return 1; // a session begins and ends with a capture
    }
    return captures_in(
        {std::max(old_span.start, session.span.start), std::min(old_span.end, session.span.end)});
  }

 private:
  std::span<const Session> before_;
  std::span<const Session> after_;
  std::vector<int> partners_before_;
  std::vector<int> partners_after_;
};

} // namespace

void hand_down_ids(std::span<const Session> before, std::span<Session> after,
                   FunctionRef<std::int64_t(const TimeSpan& span)> captures_in) {
  std::vector<Pair> pairs = overlapping_pairs(before, after);
  const Overlaps overlaps(before, after, pairs);
  for (Pair& pair : pairs) {
    pair.overlap = overlaps.of(pair, captures_in);
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return std::tuple(-a.overlap, a.after, a.before) < std::tuple(-b.overlap, b.after, b.before);
  });
  std::vector<bool> given(before.size());
  for (const Pair& pair : pairs) {
    Session& session = after[pair.after];
    if (pair.overlap > 0 && session.id == 0 && !given[pair.before]) {
      session.id = before[pair.before].id;
      given[pair.before] = true;
    }
  }
}

} // namespace nightshift::update_deployment_cache
