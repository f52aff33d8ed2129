// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace nightshift {

// The absolute path that "file:///srv/my%20captures" or a bare "/srv/my captures" names, without a
// slash at its end (but for "/"); or what is wrong with it, for a sentence of the form "the URI …".
// Source: RFC 8089, without hosts, queries and fragments.
[[nodiscard]] tl::expected<std::string, std::string> parse_file_uri(std::string_view uri);

// "/srv/my captures" -> "file:///srv/my%20captures"
[[nodiscard]] std::string make_file_uri(std::string_view path);

} // namespace nightshift
