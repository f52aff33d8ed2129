// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/catalogue_pages.hpp"
#include "core/catalogue/sqlite/database.hpp"

#include <cstdint>
#include <vector>

namespace nightshift::sqlite {

[[nodiscard]] CapturePage read_captures(const Database& database, const CapturePageQuery& query);

// Ascending; hours without captures are left out.
[[nodiscard]] std::vector<HourCount> read_hours(const Database& database,
                                                std::int64_t deployment_id);

// Ascending by id.
[[nodiscard]] std::vector<ProjectRow> read_projects(const Database& database);

} // namespace nightshift::sqlite
