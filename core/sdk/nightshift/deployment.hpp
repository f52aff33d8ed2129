// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nightshift {

struct Project {
  std::int64_t id = 0;
  std::string name;
};

// A device at a site for a period, and where its captures are.
struct Deployment {
  std::int64_t id = 0;
  std::string name;
  Project project;
  std::string source;    // the name of a source in the job file
  std::string subdir;    // below the source's own prefix
  std::string regex;     // "" accepts every key
  std::string time_zone; // "-06:00", "Europe/Brussels"; "" if unknown
  std::optional<double> latitude;
  std::optional<double> longitude;
};

} // namespace nightshift
