// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/app/command.hpp"
#include "core/record/state_dir.hpp"

#include <cstdint>

namespace nightshift {

// A command's job: ID, and where it is recorded.
struct JobArgument {
  StateOptions state;
  std::int64_t id = 0;

  // Throws `JobError` if there is no such job.
  [[nodiscard]] JobFolder find() const;
};

void add_job_argument(CLI::App& app, JobArgument& argument);

} // namespace nightshift
