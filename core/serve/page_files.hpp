// SPDX-License-Identifier: Apache-2.0
//
// The page's own files, which are in the program.

#pragma once

#include "core/serve/router.hpp"

#include <string_view>
#include <vector>

namespace nightshift::serve {

[[nodiscard]] std::vector<Route> page_routes();

// For reports, which are one file.
[[nodiscard]] std::string_view style_sheet();

} // namespace nightshift::serve
