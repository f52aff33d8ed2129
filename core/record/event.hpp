// SPDX-License-Identifier: Apache-2.0
//
// Every event that leaves the program, in one place. A job's events, in order, are all that is
// known of it: record, console and report are made from them.

#pragma once

#include "core/base/json.hpp"
#include "core/base/time.hpp"

#include <nightshift/logger.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

// Written to files: append, never rename. What a kind's `attributes` hold stands beside it.
enum class EventKind : std::uint8_t {
  job_created,    // the fixed fields of Antenna's record, `definition`, `run`
  job_attempt,    // attempt, run, host, pid, threads, plugins: a process took the job on
  job_status,     // status; reason and error {class, code, message} where there is one
  stage_added,    // key, name, parameters [{name, key, value}]
  stage_started,  //
  progress,       // done, total, fraction, counters, parameters [value]
  stage_finished, // the same, and wall_s, cpu_s; profile of a run that was asked for it
  stage_failed,   // the same
  item_failed,    // key, why
  retry,          // attempt, delay_s, at: when it begins
  log,            // a line of a stage's log
  stalled,        // stage's seconds without a move, threads [{id, name, state, ...}]
  heartbeat,      // nothing: the process is alive
  job_edited,     // what a person changed of it: name, delay, limit and seed, shuffle
};

[[nodiscard]] std::string_view to_string(EventKind kind) noexcept;
[[nodiscard]] std::optional<EventKind> event_kind_from(std::string_view text) noexcept;

struct Event {
  EventKind kind = EventKind::log;
  std::uint64_t sequence = 0; // from 1, without gaps in a job
  TimePoint time;
  Severity severity = Severity::info;
  std::int64_t job = 0;
  std::string stage;   // key; "" outside stages
  std::string message; // a log line, where the event is one; else ""
  Json attributes = Json::object();
};

// One object: v, seq, ts, sev, event, job, then stage, msg and attrs where there are any.
[[nodiscard]] Json to_json(const Event& event);

// The inverse; nothing if `json` is no event of a version that this program knows.
[[nodiscard]] std::optional<Event> event_from_json(const Json& json);

// Takes events as they happen. Called from any thread, one call at a time for a job. An
// implementation that cannot write says so once and goes on.
class EventListener {
 public:
  EventListener() = default;
  EventListener(const EventListener&) = delete;
  EventListener& operator=(const EventListener&) = delete;
  virtual ~EventListener() = default;

  virtual void on_event(const Event& event) noexcept = 0;
};

} // namespace nightshift
