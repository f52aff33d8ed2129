// SPDX-License-Identifier: Apache-2.0
//
// Charts as SVG, for the page and for reports alike. Colours are classes that the style sheet
// names, so that a chart is light or dark as what is around it; what a chart shows is in its titles
// and its data attributes too.

#pragma once

#include "core/serve/deployment_view.hpp"

#include <string>
#include <string_view>

namespace nightshift::serve {

// Hours down, from noon to noon, and nights across; the darker, the more captures.
[[nodiscard]] std::string heat_map_svg(const Activity& activity);

// A bar a night; nights without captures between others are marked as gaps.
[[nodiscard]] std::string nights_svg(const Activity& activity);

// `text` within an element or an attribute.
[[nodiscard]] std::string html(std::string_view text);

} // namespace nightshift::serve
