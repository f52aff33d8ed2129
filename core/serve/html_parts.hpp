// SPDX-License-Identifier: Apache-2.0
//
// Pieces of a report, in the page's own look.

#pragma once

#include "core/base/json.hpp"
#include "core/record/job_record.hpp"
#include "core/serve/deployment_view.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::serve {

// A name and what it is: text, or markup that is safe already.
using Facts = std::vector<std::pair<std::string_view, std::string>>;

// A whole document around `body`.
[[nodiscard]] std::string document_html(std::string_view title, std::string_view body);

[[nodiscard]] std::string tiles_html(const Facts& tiles);
[[nodiscard]] std::string facts_html(const Facts& facts);

// `rows` are cells of markup.
[[nodiscard]] std::string table_html(std::string_view caption,
                                     const std::vector<std::string_view>& columns,
                                     const std::vector<std::vector<std::string>>& rows);

[[nodiscard]] std::string badge_html(std::string_view status, std::string_view reason);

// A job with its stages, attempts, errors and the end of its log.
[[nodiscard]] std::string job_html(const JobRecord& job);

// Charts and gaps; a sentence where there are no captures.
[[nodiscard]] std::string activity_html(const Activity& activity);

} // namespace nightshift::serve
