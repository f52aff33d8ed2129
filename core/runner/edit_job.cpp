// SPDX-License-Identifier: Apache-2.0

#include "core/runner/edit_job.hpp"

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <random>
#include <utility>

namespace nightshift {
namespace {

Json changes_of(const JobEdit& edit) {
  Json changes = Json::object();
  if (edit.name) {
    changes["name"] = *edit.name;
  }
  if (edit.delay) {
    changes["delay"] = std::chrono::duration<double>(*edit.delay).count();
  }
  if (edit.limit) {
    changes["limit"] = *edit.limit ? Json(**edit.limit) : Json();
    std::random_device random;
    changes["seed"] = *edit.limit ? (std::uint64_t{random()} << 32U) | random() : std::uint64_t{0};
  }
  if (edit.shuffle) {
    changes["shuffle"] = *edit.shuffle;
  }
  return changes;
}

void check_status(const JobRecord& record, const JobEdit& edit) {
  const bool at_rest = record.status == JobStatus::created || is_final(record.status);
  if (!at_rest || (edit.changes_work() && record.status != JobStatus::created)) {
    throw permanent_error(
        error_code::k_busy,
        fmt::format("job {} is {}: {}", record.id, to_string(record.status),
                    at_rest ? "delay, limit and shuffle can be changed while it is CREATED"
                            : "it can be changed when it has ended"));
  }
}

} // namespace

void edit_job(const JobFolder& folder, const JobEdit& edit) {
  check_status(read_job_record(folder), edit);
  auto owner = JobOwner::take_over(folder);
  if (!owner) {
    throw busy_job_error(folder);
  }
  JobRecorder recorder(folder, system_now, nullptr);
  check_status(recorder.record(), edit);
  if (!edit.empty()) {
    recorder.emit(EventKind::job_edited, changes_of(edit));
  }
  if (const auto failure = recorder.failure()) {
    throw *failure;
  }
  owner->finish();
}

} // namespace nightshift
