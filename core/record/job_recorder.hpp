// SPDX-License-Identifier: Apache-2.0
//
// Takes a job's events: into the journal first, then into the record, then to the console; but what
// is told `Together` comes into the record last. The one writer of a job's files.

#pragma once

#include "core/record/event.hpp"
#include "core/record/job_record.hpp"
#include "core/record/journal.hpp"
#include "core/record/state_dir.hpp"

#include <nightshift/error.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

// Safe to use from several threads.
class JobRecorder {
 public:
  // For a job whose folder was just made, or that has a journal already: its record is then made
  // from that. `listener` is borrowed and may be null. Throws `JobError`.
  JobRecorder(JobFolder folder, Clock clock, EventListener* listener);

  JobRecorder(const JobRecorder&) = delete;
  JobRecorder& operator=(const JobRecorder&) = delete;
  ~JobRecorder();

  // From now on, pass each text in which a secret might stand through `hide`, which must not throw:
  // messages, and reasons of failures. Not while others use the recorder.
  void hide_with(std::function<std::string(std::string)> hide) { hide_ = std::move(hide); }

  // `text` as it may be shown.
  [[nodiscard]] std::string shown(std::string text) const {
    return hide_ ? hide_(std::move(text)) : text;
  }

  // What happened, now. The record is written at once where the status changes, else at most once
  // a second. If the journal cannot be written, the first error is kept as `failure`
  // and the event is lost.
  void emit(EventKind kind, Json attributes = Json::object(), std::string_view stage = {}) noexcept;

  void log(Severity severity, std::string_view message, std::string_view stage = {}) noexcept;

  // As `emit`, with a line for the log.
  void emit_logged(EventKind kind, Severity severity, std::string message, Json attributes,
                   std::string_view stage) noexcept;

  // What is told while this lives comes into the record at once, when the last of these ends: each
  // writing of it makes a file. The journal has every event at its time.
  class Together {
   public:
    explicit Together(JobRecorder& recorder) noexcept;
    Together(const Together&) = delete;
    Together& operator=(const Together&) = delete;
    ~Together();

   private:
    JobRecorder& recorder_;
  };

  // Write the record if an event came since it was last written and that is a second ago.
  void write_if_due() noexcept;

  // Write the record, whatever came since; durably if the job has ended.
  void write_now() noexcept;

  // Write the record if an event came since it was last written.
  void write_rest() noexcept;

  // Keep some space back while the job runs, so that its end can be told on a full disk.
  void reserve_space() noexcept;
  void release_space() noexcept;

  // Record nothing any more: the job's end was told, whatever still runs.
  void seal() noexcept;

  [[nodiscard]] std::optional<JobError> failure() const;

  // The record as it is now.
  [[nodiscard]] JobRecord record() const;

  [[nodiscard]] const JobFolder& folder() const noexcept { return folder_; }

 private:
  void hide_secrets(Event& event) const;
  void take(const Event& event);
  void append(const Event& event, Durable durable);
  [[nodiscard]] bool make_room(const JobError& error);
  void write_record(Durable durable);
  void write_or_put_off(Durable durable);
  void keep_failure(const JobError& error);

  const JobFolder folder_;
  const Clock clock_;
  EventListener* const listener_;
  std::function<std::string(std::string)> hide_;
  mutable std::mutex mutex_;
  std::unique_ptr<Journal> journal_;
  JobRecord record_;
  std::optional<JobError> failure_;
  std::chrono::steady_clock::time_point written_ = std::chrono::steady_clock::now();
  bool unwritten_ = false;
  bool sealed_ = false;
  int together_ = 0;
  std::optional<Durable> put_off_; // a writing of the record, and how
};

// The record of the job in `folder`, made from its journal; `damage`, if given, is what the journal
// held that is no event.
[[nodiscard]] JobRecord read_job_record(const JobFolder& folder, JournalDamage* damage = nullptr);

} // namespace nightshift
