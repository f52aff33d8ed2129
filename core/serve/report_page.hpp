// SPDX-License-Identifier: Apache-2.0
//
// What the page shows, as one file that needs nothing else: no script, no picture, no server. For
// mail and for archives.

#pragma once

#include "core/record/state_dir.hpp"
#include "core/serve/deployment_view.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace nightshift::serve {

// Of a run and its jobs: the run of that name, else the last one that has ended. Throws `JobError`:
// `not_found` if there is none.
[[nodiscard]] std::string run_report_html(const StateDir& state_dir, const CatalogueAt& catalogue,
                                          const std::optional<std::string>& run);

// Of a deployment, its nights and its last jobs. Throws `JobError`: `not_found` if the catalogue
// does not have it.
[[nodiscard]] std::string deployment_report_html(const StateDir& state_dir,
                                                 const CatalogueAt& catalogue,
                                                 std::int64_t deployment_id);

} // namespace nightshift::serve
