// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>
#include <nightshift/value.hpp>

#include <string>

namespace nightshift {

// A change from the command line: "jobs.0.limit" and "10".
struct Override {
  std::string path; // keys, and indices of lists from 0, with dots between
  std::string value;
  SourcePosition position;
};

// `root` with the value put at that path, read as if it stood in the file without quotes; maps that
// are missing on the way are made. Reports a path that leads nowhere, and returns `root` as it is.
[[nodiscard]] Value with_override(const Value& root, const Override& change,
                                  Diagnostics& diagnostics);

} // namespace nightshift
