// SPDX-License-Identifier: Apache-2.0
//
// Lists in pages, as Antenna has them: {count, next, previous, results}, with ?limit= and
// ?offset=; and what HTTP says of answers that have not changed.

#pragma once

#include "core/serve/fields.hpp"
#include "core/serve/message.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::serve {

// "limit" and "offset".
[[nodiscard]] std::vector<Field> paging_fields();

struct PageRange {
  std::size_t limit = 0;
  std::size_t offset = 0;
};

// Of a checked query.
[[nodiscard]] PageRange page_range(const Json& query);

// The page of `count` things that `results` are, each a JSON text. Links are relative to the host.
[[nodiscard]] Response page_response(const Request& request, const PageRange& range,
                                     std::size_t count, const std::vector<std::string>& results);

// The target with this parameter instead of what it has.
[[nodiscard]] std::string target_with(const Request& request, std::string_view name,
                                      const std::string& value);

// An answer with this tag; 304 if the one who asks has it already.
[[nodiscard]] Response tagged(const Request& request, Response response, const std::string& etag);

// A tag made from the body.
[[nodiscard]] Response tagged_by_content(const Request& request, Response response);

// Throw `ApiError` (412) if the request is only for a state of which the tag is another.
void check_if_match(const Request& request, const std::string& etag);

} // namespace nightshift::serve
