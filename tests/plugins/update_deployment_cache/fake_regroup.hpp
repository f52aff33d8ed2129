// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/catalogue.hpp>
#include <nightshift/grouping.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

namespace nightshift::update_deployment_cache {

inline WallTime at(std::int64_t seconds) {
  return WallTime{std::chrono::seconds{seconds}};
}

inline TimeSpan span_of(std::int64_t start, std::int64_t end) {
  return {at(start), at(end)};
}

// Captures as times in folders, and sessions beside them: what a catalogue holds of a deployment,
// without one. Changes leave dirty marks as merges do. Checks how it is used and records what it
// is asked.
class FakeRegroup final : public Regroup {
 public:
  explicit FakeRegroup(GroupingRule rule) : rule_(rule) {}

  void add(std::int64_t folder, std::int64_t time) {
    folders_[folder].insert(time);
    dirty_times_.insert(time);
  }

  void remove(std::int64_t folder, std::int64_t time) {
    auto& times = folders_[folder];
    const auto found = times.find(time);
    ASSERT_NE(found, times.end());
    times.erase(found);
    dirty_times_.insert(time);
  }

  void mark_dirty(const TimeSpan& span) { dirty_spans_ = {span}; }

  void put_sessions(std::vector<Session> sessions) {
    sessions_ = std::move(sessions);
    next_id_ = 1000;
  }

  [[nodiscard]] const std::vector<Session>& all_sessions() const { return sessions_; }

  // The sessions without their ids, by one walk over all times.
  [[nodiscard]] std::vector<Session> sessions_from_scratch() const {
    std::vector<Session> sessions;
    const auto keep = [&](const std::optional<Grouper::Group>& group) {
      if (group) {
        sessions.push_back({0, group->span, group->captures, group->duplicate_times});
      }
    };
    Grouper grouper(rule_);
    for (const auto& [time, captures] : all_times()) {
      keep(grouper.add(at(time), captures));
    }
    keep(grouper.finish());
    return sessions;
  }

  // Which times were asked for, and how many sessions were put in place of others.
  std::vector<TimeSpan> times_asked;
  std::int64_t replaced = 0;
  std::optional<CachedFields> committed;

  [[nodiscard]] std::vector<TimeSpan> dirty() override {
    std::vector<TimeSpan> spans = dirty_spans_;
    for (const std::int64_t time : dirty_times_) {
      spans.push_back(span_of(time, time));
    }
    return spans;
  }

  [[nodiscard]] std::vector<Fragment> fragments(const TimeSpan& window) override {
    std::vector<Fragment> fragments;
    for (const auto& [folder, times] : folders_) {
      std::vector<std::int64_t> list(times.begin(), times.end());
      for (const Fragment& fragment : fragments_of(folder, list, rule_.max_gap)) {
        if (overlap(fragment.span, window)) {
          fragments.push_back(fragment);
        }
      }
    }
    std::sort(fragments.begin(), fragments.end(), [](const Fragment& a, const Fragment& b) {
      return std::pair(a.span.start, a.folder_id) < std::pair(b.span.start, b.folder_id);
    });
    return fragments;
  }

  [[nodiscard]] std::vector<Session> sessions(const TimeSpan& window) override {
    std::vector<Session> sessions;
    std::copy_if(sessions_.begin(), sessions_.end(), std::back_inserter(sessions),
                 [&](const Session& session) { return overlap(session.span, window); });
    return sessions;
  }

  void times(const TimeSpan& window,
             FunctionRef<void(WallTime time, std::int64_t captures)> sink) override {
    times_asked.push_back(window);
    for (const auto& [time, captures] : all_times()) {
      if (window.start <= at(time) && at(time) <= window.end) {
        sink(at(time), captures);
      }
    }
  }

  void replace(std::span<const Session> before, std::span<const Session> after) override {
    for (const Session& session : before) {
      const auto found = std::find(sessions_.begin(), sessions_.end(), session);
      ASSERT_NE(found, sessions_.end()) << "a session to be replaced is not there";
      sessions_.erase(found);
    }
    for (Session session : after) {
      session.id = session.id == 0 ? next_id_++ : session.id;
      const bool taken = std::any_of(sessions_.begin(), sessions_.end(),
                                     [&](const Session& s) { return s.id == session.id; });
      ASSERT_FALSE(taken) << "two sessions have the id " << session.id;
      sessions_.push_back(session);
      ++replaced;
    }
    std::sort(sessions_.begin(), sessions_.end(),
              [](const Session& a, const Session& b) { return a.span.start < b.span.start; });
  }

  [[nodiscard]] FolderTotals folder_totals() override { return {}; }

  [[nodiscard]] SessionTotals session_totals() override { return {}; }

  void commit(const CachedFields& fields) override {
    committed = fields;
    dirty_times_.clear();
    dirty_spans_.clear();
  }

 private:
  static bool overlap(const TimeSpan& a, const TimeSpan& b) {
    return a.start <= b.end && b.start <= a.end;
  }

  [[nodiscard]] std::map<std::int64_t, std::int64_t> all_times() const {
    std::map<std::int64_t, std::int64_t> all;
    for (const auto& [folder, times] : folders_) {
      for (const std::int64_t time : times) {
        ++all[time];
      }
    }
    return all;
  }

  GroupingRule rule_;
  std::map<std::int64_t, std::multiset<std::int64_t>> folders_;
  std::set<std::int64_t> dirty_times_;
  std::vector<TimeSpan> dirty_spans_;
  std::vector<Session> sessions_;
  std::int64_t next_id_ = 1;
};

} // namespace nightshift::update_deployment_cache
