// SPDX-License-Identifier: Apache-2.0
//
// The job record as a document: Antenna's keys in Antenna's order, with its nulls and
// its types, and one key of ours, `runner`, for what it has no room for. Golden document:
// tests/data/job-1102.json.

#pragma once

#include "core/base/json.hpp"
#include "core/record/job_record.hpp"

#include <optional>

namespace nightshift {

[[nodiscard]] Json to_document(const JobRecord& record);

// {class, code, message}, or null.
[[nodiscard]] Json error_document(const std::optional<ErrorRecord>& error);

} // namespace nightshift
