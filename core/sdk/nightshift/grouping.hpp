// SPDX-License-Identifier: Apache-2.0
//
// The grouping rule: which captures of a deployment make a session. Needed alike by the merge
// (which keeps fragments), by the plan and by the deployment cache; pure.
//
// Source: Antenna's group_by_gap. Over the distinct times in ascending order a new group
// begins where (time - previous) >= max_gap or (time - first of the group) > max_session; so
// exactly the gap splits and exactly the maximum does not. Golden data: tests/data/oracle.

#pragma once

#include <nightshift/parameters.hpp>
#include <nightshift/session.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace nightshift {

struct GroupingRule {
  std::chrono::seconds max_gap{std::chrono::minutes{120}};
  std::optional<std::chrono::seconds> max_session{std::chrono::hours{24}}; // nothing: no maximum

  friend bool operator==(const GroupingRule&, const GroupingRule&) = default;
};

// The parameters that set the rule; for a job type's schema.
[[nodiscard]] inline std::vector<ParameterSpec> grouping_parameters() {
  return {{.key = "max_gap",
           .type = ParameterType::duration,
           .fallback = "120min",
           .help = "Captures this far apart, or farther, belong to different sessions.",
           .minimum = 1},
          {.key = "max_session",
           .type = ParameterType::duration,
           .fallback = "24h",
           .help = "A session that would be longer than this is split; 0 sets no maximum.",
           .minimum = 0}};
}

// The rule that a job's parameters set; the default rule where they declare none.
[[nodiscard]] inline GroupingRule grouping_rule(const Parameters& parameters) {
  GroupingRule rule;
  if (parameters.declares("max_gap")) {
    rule.max_gap = std::chrono::round<std::chrono::seconds>(parameters.duration("max_gap"));
    rule.max_session = std::chrono::round<std::chrono::seconds>(parameters.duration("max_session"));
    if (rule.max_session->count() == 0) {
      rule.max_session.reset();
    }
  }
  return rule;
}

// Groups ascending times as they come; equal times belong together. A group under way is `current`.
class Grouper {
 public:
  struct Group {
    TimeSpan span;
    std::int64_t captures = 0;
    std::int64_t duplicate_times = 0;

    friend bool operator==(const Group&, const Group&) = default;
  };

  explicit Grouper(GroupingRule rule) : rule_(rule) {}

  // Take in `captures` captures at `time`, not before any earlier time. Returns the group that
  // ended because `time` does not belong to it, if one did.
  std::optional<Group> add(WallTime time, std::int64_t captures = 1) {
    if (current_ && time == current_->span.end) {
      extend_last_time(captures);
      return std::nullopt;
    }
    std::optional<Group> ended;
    if (current_ && begins_group(time)) {
      ended = std::exchange(current_, std::nullopt);
    }
    if (!current_) {
      current_ = Group{{time, time}, 0, 0};
    }
    current_->span.end = time;
    captures_at_end_ = 0;
    extend_last_time(captures);
    return ended;
  }

  // The group under way, which ends here.
  std::optional<Group> finish() { return std::exchange(current_, std::nullopt); }

 private:
  [[nodiscard]] bool begins_group(WallTime time) const {
    return time - current_->span.end >= rule_.max_gap ||
           (rule_.max_session && time - current_->span.start > *rule_.max_session);
  }

  void extend_last_time(std::int64_t captures) {
    const bool was_shared = captures_at_end_ > 1;
    captures_at_end_ += captures;
    current_->captures += captures;
    current_->duplicate_times += !was_shared && captures_at_end_ > 1 ? 1 : 0;
  }

  GroupingRule rule_;
  std::optional<Group> current_;
  std::int64_t captures_at_end_ = 0;
};

// The fragments of one folder: its times split at gaps, never at the maximum, which only whole
// sessions know. `times` need not be in order and is sorted here.
[[nodiscard]] inline std::vector<Fragment> fragments_of(std::int64_t folder_id,
                                                        std::vector<std::int64_t>& times,
                                                        std::chrono::seconds max_gap) {
  if (!std::is_sorted(times.begin(), times.end())) {
    std::sort(times.begin(), times.end());
  }
  std::vector<Fragment> fragments;
  const auto keep = [&](const std::optional<Grouper::Group>& group) {
    if (group) {
      fragments.push_back({folder_id, group->span, group->captures, group->duplicate_times});
    }
  };
  Grouper grouper({max_gap, std::nullopt});
  for (const std::int64_t seconds : times) {
    keep(grouper.add(WallTime{std::chrono::seconds{seconds}}));
  }
  keep(grouper.finish());
  return fragments;
}

// Fragments of all folders that hang together without a gap: one session, or several where it is
// longer than the maximum.
struct Chain {
  TimeSpan span;
  std::int64_t captures = 0;
  std::int64_t duplicate_times = 0; // exact only where no two fragments overlap
  bool overlapping = false;         // times of two folders may coincide

  // Whether the fragments do not tell its sessions and the captures' own times are needed.
  [[nodiscard]] bool needs_times(const GroupingRule& rule) const {
    return overlapping || (rule.max_session && span.end - span.start > *rule.max_session);
  }
};

// `fragments` in ascending order of their start, as chains in ascending order.
[[nodiscard]] inline std::vector<Chain> chains_of(std::span<const Fragment> fragments,
                                                  std::chrono::seconds max_gap) {
  std::vector<Chain> chains;
  for (const Fragment& fragment : fragments) {
    if (chains.empty() || fragment.span.start - chains.back().span.end >= max_gap) {
      chains.push_back({fragment.span, fragment.captures, fragment.duplicate_times, false});
      continue;
    }
    Chain& chain = chains.back();
    chain.overlapping = chain.overlapping || fragment.span.start <= chain.span.end;
    chain.span.end = std::max(chain.span.end, fragment.span.end);
    chain.captures += fragment.captures;
    chain.duplicate_times += fragment.duplicate_times;
  }
  return chains;
}

} // namespace nightshift
