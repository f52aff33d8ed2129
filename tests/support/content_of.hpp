// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace nightshift::tests {

// The bytes of a file; "" if it cannot be read.
[[nodiscard]] inline std::string content_of(const std::filesystem::path& path) {
  std::ostringstream bytes;
  bytes << std::ifstream(path, std::ios::binary).rdbuf();
  return bytes.str();
}

} // namespace nightshift::tests
