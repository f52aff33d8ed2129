// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// What was found out about a storage, step by step, before anything in it is looked for.
struct StorageExamination {
  struct Step {
    std::string what; // "credentials"
    std::string text; // for people
  };

  std::vector<Step> done;                          // what is well
  std::string failed = {};                         // the step that is not; "": none
  std::optional<JobError> error;                   // of that step: why, and what to do
  std::optional<std::chrono::nanoseconds> latency; // until the storage's first answer
};

} // namespace nightshift
