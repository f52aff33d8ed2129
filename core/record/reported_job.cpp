// SPDX-License-Identifier: Apache-2.0

#include "core/record/reported_job.hpp"

#include <utility>

namespace nightshift {
namespace {

ReportedStage reported_stage(const StageRecord& stage) {
  ReportedStage told;
  told.key = stage.key;
  told.status = stage.status;
  told.counters = stage.counters;
  told.wall_seconds = stage.wall_seconds;
  told.cpu_seconds = stage.cpu_seconds;
  if (stage.profile) {
    told.profile = std::make_shared<const StageProfile>(*stage.profile);
  }
  return told;
}

} // namespace

std::int64_t ReportedJob::total(Counter counter) const noexcept {
  std::int64_t sum = 0;
  for (const ReportedStage& stage : stages) {
    sum += stage.counter(counter);
  }
  return sum;
}

ReportedJob reported(const JobRecord& record) {
  ReportedJob job;
  job.id = record.id;
  job.name = record.name;
  job.type_key = record.type_key;
  if (record.deployment) {
    job.deployment = record.deployment->id;
  }
  job.status = record.status;
  job.reason = record.reason;
  job.error = record.error;
  job.created = record.created;
  job.started = record.started;
  job.finished = record.finished;
  job.wall_seconds = record.seconds(record.updated);
  job.stages.reserve(record.stages.size());
  for (const StageRecord& stage : record.stages) {
    job.stages.push_back(reported_stage(stage));
  }
  job.attempts.reserve(record.attempts.size());
  for (const AttemptRecord& attempt : record.attempts) {
    job.attempts.push_back(
        {attempt.number, attempt.started, attempt.finished, attempt.status, attempt.error});
  }
  return job;
}

} // namespace nightshift
