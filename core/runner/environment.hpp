// SPDX-License-Identifier: Apache-2.0
//
// Where the program runs.

#pragma once

#include "core/base/json.hpp"

#include <cstdint>
#include <string>

namespace nightshift {

[[nodiscard]] std::string host_name();

[[nodiscard]] std::int64_t process_id();

// User and system time of all threads so far.
[[nodiscard]] double process_cpu_seconds();

// {kind, job_id, restart} of the batch scheduler's job that this process is part of; null outside.
[[nodiscard]] Json scheduler_facts();

} // namespace nightshift
