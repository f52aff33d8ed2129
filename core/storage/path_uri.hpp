// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace nightshift {

// URIs of one scheme that name a path on this machine.
struct PathUriForm {
  std::string_view scheme; // "file:"
  std::string_view advice; // "a local folder is written as file:///srv/captures"
};

// The absolute path that "file:///srv/my%20captures" or "file:/srv/my%20captures" names; or what is
// wrong with it, for a sentence of the form "the URI …". `uri` begins with the form's scheme.
// Source: RFC 8089, without hosts, queries and fragments.
[[nodiscard]] tl::expected<std::string, std::string> parse_path_uri(std::string_view uri,
                                                                    const PathUriForm& form);

// What is wrong with a URI that has no absolute path.
[[nodiscard]] std::string no_absolute_path(const PathUriForm& form);

} // namespace nightshift
