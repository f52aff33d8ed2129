// SPDX-License-Identifier: Apache-2.0

#include "core/runner/environment.hpp"

#include <sys/utsname.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>

namespace nightshift {
namespace {

const char* environment(const char* name) {
  return std::getenv(name); // NOLINT(concurrency-mt-unsafe)
}

Json variable(const char* name) {
  const char* text = environment(name);
  return text != nullptr ? Json(text) : Json();
}

} // namespace

std::string host_name() {
  utsname system{};
  return uname(&system) == 0 ? system.nodename : "unknown";
}

std::int64_t process_id() {
  return getpid();
}

double process_cpu_seconds() {
  timespec time{};
  (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

Json scheduler_facts() {
  if (const char* job = environment("SLURM_JOB_ID")) {
    return {{"kind", "slurm"},
            {"job_id", job},
            {"array_task_id", variable("SLURM_ARRAY_TASK_ID")},
            {"restart", variable("SLURM_RESTART_COUNT")}};
  }
  if (const char* job = environment("PBS_JOBID")) {
    return {{"kind", "pbs"},
            {"job_id", job},
            {"array_task_id", variable("PBS_ARRAY_INDEX")},
            {"restart", nullptr}};
  }
  return {};
}

} // namespace nightshift
