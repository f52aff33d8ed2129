// SPDX-License-Identifier: Apache-2.0
//
// The tables of sections.hpp, and those of job types, for others: as a JSON Schema, which gives an
// editor completion and checks, and as a page for people.

#pragma once

#include "core/base/json.hpp"

#include <nightshift/job_type.hpp>

#include <span>
#include <string>
#include <vector>

namespace nightshift {

// JSON Schema, draft 2020-12, of a job file whose jobs are of these types; of any type, with any
// params, if there are none. It accepts every file that `read_job_file` does; what it cannot say is
// left to that: names that must exist or be unique, bounds of durations.
[[nodiscard]] Json job_file_schema(std::span<const JobTypeInfo* const> types);

// Every key of a job file as Markdown tables, and after them the params of these types.
[[nodiscard]] std::string reference_page(std::span<const JobTypeInfo* const> types);

// A parameter's default for people, who see text without quotes: "20%", "[jpg, png]".
[[nodiscard]] std::string default_value_text(const ParameterSpec& spec);

// The params of a job of that type: those of all its stages, as far as their types are in `types`.
[[nodiscard]] std::vector<ParameterSpec> job_parameters(const JobTypeInfo& type,
                                                        std::span<const JobTypeInfo* const> types);

} // namespace nightshift
