// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_recorder.hpp"

#include "core/record/job_document.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace nightshift {
namespace {

constexpr std::chrono::seconds k_write_interval{1};
constexpr off_t k_reserve_bytes = off_t{64} * 1024;

// Events that change what a reader acts on, rather than how far things are.
bool is_milestone(EventKind kind) {
  return kind == EventKind::job_created || kind == EventKind::job_status ||
         kind == EventKind::job_edited || kind == EventKind::retry;
}

bool ends_job(const Event& event) {
  if (event.kind != EventKind::job_status) {
    return false;
  }
  const auto status = job_status_from(event.attributes.value("status", std::string()));
  return status && is_final(*status);
}

} // namespace

JobRecord read_job_record(const JobFolder& folder, JournalDamage* damage) {
  JobRecord record;
  record.id = folder.id;
  const JournalDamage found =
      read_journal(folder.journal(), [&record](Event&& event) { apply(record, event); });
  if (damage != nullptr) {
    *damage = found;
  }
  return record;
}

JobRecorder::JobRecorder(JobFolder folder, Clock clock, EventListener* listener)
    : folder_(std::move(folder)),
      clock_(std::move(clock)),
      listener_(listener),
      journal_(std::make_unique<Journal>(folder_.journal())),
      record_(read_job_record(folder_)) {}

JobRecorder::~JobRecorder() {
  write_rest();
}

void JobRecorder::emit(EventKind kind, Json attributes, std::string_view stage) noexcept {
  emit_logged(kind, Severity::info, {}, std::move(attributes), stage);
}

void JobRecorder::log(Severity severity, std::string_view message,
                      std::string_view stage) noexcept {
  emit_logged(EventKind::log, severity, std::string(message), Json::object(), stage);
}

void JobRecorder::emit_logged(EventKind kind, Severity severity, std::string message,
                              Json attributes, std::string_view stage) noexcept {
  const std::scoped_lock lock(mutex_);
  if (sealed_) {
    return;
  }
  Event event;
  event.kind = kind;
  event.sequence = record_.last_sequence + 1;
  event.time = clock_();
  event.severity = severity;
  event.job = folder_.id;
  event.stage = stage;
  event.message = std::move(message);
  event.attributes = std::move(attributes);
  hide_secrets(event);
  take(event);
}

void JobRecorder::hide_secrets(Event& event) const {
  if (!hide_) {
    return;
  }
  event.message = hide_(std::move(event.message));
  for (const char* path : {"/error/message", "/why"}) {
    const Json::json_pointer at(path);
    if (event.attributes.contains(at) && event.attributes[at].is_string()) {
      event.attributes[at] = hide_(event.attributes[at].get<std::string>());
    }
  }
}

void JobRecorder::take(const Event& event) {
  const Durable durable = ends_job(event) ? Durable::yes : Durable::no;
  append(event, durable);
  apply(record_, event);
  unwritten_ = true;
  if (is_milestone(event.kind) || std::chrono::steady_clock::now() - written_ >= k_write_interval) {
    write_or_put_off(durable);
  }
  if (listener_ != nullptr) {
    listener_->on_event(event);
  }
}

void JobRecorder::write_or_put_off(Durable durable) {
  if (together_ == 0) {
    write_record(durable);
  } else if (put_off_ != Durable::yes) {
    put_off_ = durable;
  }
}

JobRecorder::Together::Together(JobRecorder& recorder) noexcept : recorder_(recorder) {
  const std::scoped_lock lock(recorder_.mutex_);
  ++recorder_.together_;
}

JobRecorder::Together::~Together() {
  const std::scoped_lock lock(recorder_.mutex_);
  if (--recorder_.together_ == 0 && recorder_.put_off_) {
    recorder_.write_record(*std::exchange(recorder_.put_off_, std::nullopt));
  }
}

void JobRecorder::append(const Event& event, Durable durable) {
  try {
    journal_->append(event, durable);
  } catch (const JobError& error) {
    keep_failure(error);
    if (make_room(error)) {
      append(event, durable);
    }
  }
}

// Give up the reserve, once; whether there is reason to try again.
bool JobRecorder::make_room(const JobError& error) {
  return error.code() == error_code::k_no_space && unlink(folder_.reserve().c_str()) == 0;
}

void JobRecorder::write_record(Durable durable) {
  try {
    replace_file(folder_.record(), to_page(to_document(record_)), durable);
    unwritten_ = false;
  } catch (const JobError& error) {
    keep_failure(error);
    if (make_room(error)) {
      write_record(durable);
      return;
    }
  }
  written_ = std::chrono::steady_clock::now();
}

void JobRecorder::keep_failure(const JobError& error) {
  if (!failure_) {
    failure_ = error;
  }
}

void JobRecorder::write_if_due() noexcept {
  const std::scoped_lock lock(mutex_);
  if (unwritten_ && std::chrono::steady_clock::now() - written_ >= k_write_interval) {
    write_record(Durable::no);
  }
}

void JobRecorder::write_now() noexcept {
  const std::scoped_lock lock(mutex_);
  write_record(is_final(record_.status) ? Durable::yes : Durable::no);
}

void JobRecorder::write_rest() noexcept {
  const std::scoped_lock lock(mutex_);
  if (unwritten_) {
    write_record(Durable::no);
  }
}

void JobRecorder::seal() noexcept {
  const std::scoped_lock lock(mutex_);
  if (unwritten_) {
    write_record(Durable::yes);
  }
  put_off_.reset();
  sealed_ = true;
}

void JobRecorder::reserve_space() noexcept {
  // Without the reserve the job runs as well; only its end may be lost on a full disk.
  const Fd fd(open(folder_.reserve().c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666));
  if (fd) {
    (void)posix_fallocate(fd.get(), 0, k_reserve_bytes);
  }
}

void JobRecorder::release_space() noexcept {
  (void)unlink(folder_.reserve().c_str());
}

std::optional<JobError> JobRecorder::failure() const {
  const std::scoped_lock lock(mutex_);
  return failure_;
}

JobRecord JobRecorder::record() const {
  const std::scoped_lock lock(mutex_);
  return record_;
}

} // namespace nightshift
