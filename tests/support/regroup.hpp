// SPDX-License-Identifier: Apache-2.0
//
// Sessions brought up to date from dirty marks and nothing else, the slow and simple way: so a mark
// that is missing shows as a session that is wrong.

#pragma once

#include <nightshift/catalogue.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

namespace nightshift::tests {

// The least window around `window` that no session and no chain of fragments reaches out of.
inline TimeSpan closed_window(Regroup& regroup, TimeSpan window, std::chrono::seconds max_gap) {
  for (;;) {
    TimeSpan grown = window;
    const auto take = [&](const TimeSpan& span) {
      grown = {std::min(grown.start, span.start), std::max(grown.end, span.end)};
    };
    const TimeSpan around{window.start - max_gap, window.end + max_gap};
    for (const Session& session : regroup.sessions(around)) {
      take(session.span);
    }
    for (const Fragment& fragment : regroup.fragments(around)) {
      take(fragment.span);
    }
    if (grown == window) {
      return window;
    }
    window = grown;
  }
}

inline std::vector<Session> sessions_from_times(Regroup& regroup, const TimeSpan& window,
                                                const GroupingRule& rule) {
  std::vector<Session> sessions;
  const auto keep = [&](const std::optional<Grouper::Group>& group) {
    if (group) {
      sessions.push_back({0, group->span, group->captures, group->duplicate_times});
    }
  };
  Grouper grouper(rule);
  regroup.times(window,
                [&](WallTime time, std::int64_t captures) { keep(grouper.add(time, captures)); });
  keep(grouper.finish());
  return sessions;
}

// A session that begins where one did keeps its id.
inline void regroup_window(Regroup& regroup, const TimeSpan& dirty, const GroupingRule& rule) {
  const TimeSpan window = closed_window(regroup, dirty, rule.max_gap);
  const std::vector<Session> before = regroup.sessions(window);
  std::vector<Session> after = sessions_from_times(regroup, window, rule);
  for (Session& session : after) {
    for (const Session& old : before) {
      session.id = old.span.start == session.span.start ? old.id : session.id;
    }
  }
  if (before != after) {
    regroup.replace(before, after);
  }
}

inline CachedFields cached_fields(Regroup& regroup) {
  const FolderTotals folders = regroup.folder_totals();
  const Regroup::SessionTotals sessions = regroup.session_totals();
  CachedFields fields;
  fields.captures_count = folders.captures;
  fields.events_count = sessions.sessions;
  fields.first_capture_timestamp = folders.first;
  fields.last_capture_timestamp = folders.last;
  fields.data_source_total_files = folders.captures;
  if (folders.captures != 0) {
    fields.data_source_total_size = folders.bytes;
  }
  fields.missing_count = folders.missing;
  fields.undated_count = folders.undated;
  fields.duplicate_timestamps = sessions.duplicate_times;
  return fields;
}

inline void regroup(Catalogue& catalogue, std::int64_t deployment_id,
                    const GroupingRule& rule = {}) {
  const auto open = catalogue.open_regroup(deployment_id, rule);
  for (const TimeSpan& dirty : open->dirty()) {
    regroup_window(*open, dirty, rule);
  }
  open->commit(cached_fields(*open));
}

} // namespace nightshift::tests
