// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/event.hpp"

#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

// A clock that goes on by a second at each look, from 2025-01-14T21:48:26Z.
class SteppingClock {
 public:
  TimePoint operator()() { return start() + std::chrono::seconds(looks_++); }

  [[nodiscard]] static TimePoint start() {
    return parse_utc("2025-01-14T21:48:26.000000Z").value();
  }

 private:
  int looks_ = 0;
};

// Keeps what it is told.
class RecordingListener final : public EventListener {
 public:
  void on_event(const Event& event) noexcept override {
    const std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }

  [[nodiscard]] std::vector<Event> events() const {
    const std::scoped_lock lock(mutex_);
    return events_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Event> events_;
};

// Events of a job in their order, numbered and timed.
class EventScript {
 public:
  explicit EventScript(std::int64_t job) : job_(job) {}

  Event next(EventKind kind, Json attributes = Json::object(), std::string stage = {},
             std::string message = {}, Severity severity = Severity::info) {
    Event event;
    event.kind = kind;
    event.sequence = ++sequence_;
    event.time = SteppingClock::start() + std::chrono::seconds(sequence_);
    event.severity = severity;
    event.job = job_;
    event.stage = std::move(stage);
    event.message = std::move(message);
    event.attributes = std::move(attributes);
    return event;
  }

 private:
  std::int64_t job_;
  std::uint64_t sequence_ = 0;
};

// What a sync's job.created says.
inline Json created_attributes() {
  return {{"name", "Sync captures for deployment 250"},
          {"definition_name", "Sync captures for deployment {deployment.id}"},
          {"job_type", {{"key", "data_storage_sync"}, {"name", "Data storage sync"}}},
          {"delay", 0.0},
          {"limit", nullptr},
          {"shuffle", true},
          {"seed", 0},
          {"api_base_url", ""},
          {"project", {{"id", 88}, {"name", "Costa Rica- Labelling"}}},
          {"deployment", {{"id", 250}, {"name", "Costa Rica - Restoration"}}},
          {"definition", {{"type", "data_storage_sync"}}}};
}

inline Json stage_attributes(const std::string& name) {
  return {{"name", name},
          {"parameters",
           Json::array({{{"name", "Total files"}, {"key", "total_files"}, {"value", 0}}})}};
}

} // namespace nightshift::tests
