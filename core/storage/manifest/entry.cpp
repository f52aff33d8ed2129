// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/entry.hpp"

#include <fmt/format.h>

namespace nightshift::manifest {

std::string to_string(const Place& place, const std::vector<std::string>& files) {
  return fmt::format("{}:{}", files.at(place.file), place.line);
}

} // namespace nightshift::manifest
