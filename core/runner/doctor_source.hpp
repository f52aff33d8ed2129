// SPDX-License-Identifier: Apache-2.0
//
// One source, looked at closely: Antenna's test of a connection.

#pragma once

#include "core/base/json.hpp"
#include "core/config/job_file.hpp"
#include "core/runner/doctor.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct SourceQuestion {
  std::string source;      // its name in the job file or, without one, its URI
  std::string subdir = {}; // look below it; "": in all of the source
  std::string regex = {};  // look for a key that holds a match; "": for any
};

struct SourceAnswer {
  std::vector<Finding> findings; // up to the first that is not good
  // With Antenna's keys: connection_successful, prefix_exists (whether an object was found),
  // latency and total_time in seconds, error_code, error_message, files_checked, first_file_found,
  // full_uri.
  Json connection;
};

// Examine a source of `file` or, without one, the source at a URI. Nothing that was put into the
// file is in the answer. Throws `not_found` if the file has no such source.
[[nodiscard]] SourceAnswer test_source(const SourceQuestion& question,
                                       const std::optional<JobFile>& file);

// As JSON: what `doctor` prints, and the connection.
[[nodiscard]] Json to_document(const SourceAnswer& answer);

} // namespace nightshift
