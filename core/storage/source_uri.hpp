// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>
#include <string_view>

namespace nightshift {

// Where a deployment's captures are, for people: `root` ("s3://bucket"), `prefix` as `join_prefix`
// makes it, and "?regex=…" unless `regex` is "". The prefix stands as it is, unescaped.
// Source: Antenna's make_full_prefix_uri, behaviour recorded in tests/data/oracle.
[[nodiscard]] std::string source_uri(std::string_view root, std::string_view prefix,
                                     std::string_view regex);

// `bytes` for a URI's path: all but unreserved characters and '/' as %XX.
[[nodiscard]] std::string percent_encode_path(std::string_view bytes);

// The same for a part of a URI in which '/' is no border, such as a query's value: as %2F.
[[nodiscard]] std::string percent_encode(std::string_view bytes);

} // namespace nightshift
