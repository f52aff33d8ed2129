// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/state_dir.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace nightshift {

// What is to be otherwise of a job; what is not given stays.
struct JobEdit {
  std::optional<std::string> name;
  std::optional<std::chrono::milliseconds> delay;
  std::optional<std::optional<std::int64_t>> limit; // nothing inside: no limit
  std::optional<bool> shuffle;

  // Whether it changes what the job does, and not only what it is called.
  [[nodiscard]] bool changes_work() const { return delay || limit || shuffle; }

  [[nodiscard]] bool empty() const { return !name && !changes_work(); }
};

// Change a job, as its owner: a job that runs is its process's affair. Throws `JobError`: `busy` if
// it runs or is being taken up, or is not CREATED and its work would change.
void edit_job(const JobFolder& folder, const JobEdit& edit);

} // namespace nightshift
