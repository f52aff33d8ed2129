// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/testkit/memory_catalogue_state.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

namespace nightshift::testkit {

class MemoryRegroup final : public Regroup {
 public:
  MemoryRegroup(detail::MemoryState& state, std::int64_t deployment_id, const GroupingRule& rule)
      : state_(state),
        turn_(state.mutex),
        deployment_(state.deployments.at(deployment_id)),
        rule_(rule),
        sessions_(deployment_.sessions) {}

  [[nodiscard]] std::vector<TimeSpan> dirty() override {
    if (deployment_.rule != rule_) {
      return all_times();
    }
    std::vector<TimeSpan> spans;
    for (const auto& [path, dirt] : deployment_.dirty) {
      if (dirt) {
        spans.push_back(*dirt);
      }
    }
    std::sort(spans.begin(), spans.end(),
              [](const TimeSpan& a, const TimeSpan& b) { return a.start < b.start; });
    std::vector<TimeSpan> joined;
    for (const TimeSpan& span : spans) {
      if (joined.empty() || span.start > joined.back().end) {
        joined.push_back(span);
      } else {
        joined.back().end = std::max(joined.back().end, span.end);
      }
    }
    return joined;
  }

  [[nodiscard]] std::vector<Fragment> fragments(const TimeSpan& window) override {
    std::map<std::int64_t, std::vector<std::int64_t>> times;
    detail::for_each_time(deployment_, [&](const MemoryFolder& folder, WallTime time) {
      times[folder.id].push_back(time.time_since_epoch().count());
    });
    std::vector<Fragment> fragments;
    for (auto& [folder_id, of_folder] : times) {
      for (const Fragment& fragment : fragments_of(folder_id, of_folder, rule_.max_gap)) {
        if (detail::overlap(fragment.span, window)) {
          fragments.push_back(fragment);
        }
      }
    }
    std::stable_sort(fragments.begin(), fragments.end(), [](const Fragment& a, const Fragment& b) {
      return a.span.start < b.span.start;
    });
    return fragments;
  }

  [[nodiscard]] std::vector<Session> sessions(const TimeSpan& window) override {
    std::vector<Session> found;
    std::copy_if(sessions_.begin(), sessions_.end(), std::back_inserter(found),
                 [&](const Session& session) { return detail::overlap(session.span, window); });
    return found;
  }

  void times(const TimeSpan& window,
             FunctionRef<void(WallTime time, std::int64_t captures)> sink) override {
    std::map<WallTime, std::int64_t> counts;
    detail::for_each_time(deployment_, [&](const MemoryFolder&, WallTime time) {
      if (window.start <= time && time <= window.end) {
        ++counts[time];
      }
    });
    for (const auto& [time, captures] : counts) {
      sink(time, captures);
    }
  }

  void replace(std::span<const Session> before, std::span<const Session> after) override {
    state_.calls.push_back(
        fmt::format("{} replace {} by {}", deployment_.settings.id, before.size(), after.size()));
    for (const Session& session : before) {
      std::erase(sessions_, session);
    }
    for (Session session : after) {
      session.id = session.id != 0 ? session.id : ++state_.last_session_id;
      sessions_.push_back(session);
    }
    std::sort(sessions_.begin(), sessions_.end(),
              [](const Session& a, const Session& b) { return a.span.start < b.span.start; });
  }

  [[nodiscard]] FolderTotals folder_totals() override {
    FolderTotals totals;
    for (const auto& [path, folder] : deployment_.folders) {
      for (const auto& [name, capture] : folder.captures) {
        totals.missing += capture.missing ? 1 : 0;
        totals.captures += capture.missing ? 0 : 1;
        totals.bytes += capture.missing ? 0 : capture.size;
        totals.undated += capture.missing || capture.time.dated() ? 0 : 1;
      }
    }
    detail::for_each_time(deployment_, [&](const MemoryFolder&, WallTime time) {
      totals.first = totals.first ? std::min(*totals.first, time) : time;
      totals.last = totals.last ? std::max(*totals.last, time) : time;
    });
    return totals;
  }

  [[nodiscard]] SessionTotals session_totals() override {
    SessionTotals totals;
    for (const Session& session : sessions_) {
      ++totals.sessions;
      totals.duplicate_times += session.duplicate_times;
    }
    return totals;
  }

  void commit(const CachedFields& fields) override {
    state_.calls.push_back(fmt::format("{} commit", deployment_.settings.id));
    deployment_.cached = fields;
    deployment_.rule = rule_;
    deployment_.sessions = std::move(sessions_);
    deployment_.dirty.clear();
    turn_.unlock();
  }

 private:
  [[nodiscard]] std::vector<TimeSpan> all_times() const {
    std::optional<TimeSpan> all;
    const auto add = [&](const TimeSpan& span) {
      all = all ? TimeSpan{std::min(all->start, span.start), std::max(all->end, span.end)} : span;
    };
    detail::for_each_time(deployment_, [&](const MemoryFolder&, WallTime time) {
      add({time, time});
    });
    for (const Session& session : sessions_) {
      add(session.span);
    }
    return all ? std::vector{*all} : std::vector<TimeSpan>();
  }

  detail::MemoryState& state_;
  std::unique_lock<std::mutex> turn_;
  MemoryDeployment& deployment_;
  GroupingRule rule_;
  std::vector<Session> sessions_;
};

} // namespace nightshift::testkit
