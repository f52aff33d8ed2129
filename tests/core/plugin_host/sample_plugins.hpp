// SPDX-License-Identifier: Apache-2.0
//
// Plugins to test with: the good one, damaged copies of it, and the bad ones of this folder.

#pragma once

#include "core/base/file.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift::tests {

inline std::filesystem::path good_plugin() {
  return NIGHTSHIFT_GOOD_PLUGIN;
}

inline std::filesystem::path bad_plugin(std::string_view name) {
  return std::filesystem::path(NIGHTSHIFT_BAD_PLUGINS) / (std::string(name) + ".so");
}

inline std::string bytes_of(const std::filesystem::path& file) {
  return read_file(file, std::size_t{256} << 20U);
}

// `bytes` with every `from` replaced by `to`, which has the same length: nothing else moves.
inline std::string patched(std::string bytes, std::string_view from, std::string_view to) {
  std::size_t at = bytes.find(from);
  if (at == std::string::npos || from.size() != to.size()) {
    throw std::invalid_argument("cannot patch " + std::string(from));
  }
  for (; at != std::string::npos; at = bytes.find(from, at)) {
    bytes.replace(at, to.size(), to);
  }
  return bytes;
}

// A folder that a plugin may lie in.
class PluginFolder {
 public:
  // Nobody else can write to it, whatever the umask.
  std::filesystem::path write(std::string_view name, std::string_view content) const {
    auto file = folder_.write(name, content);
    std::filesystem::permissions(file, std::filesystem::perms(0644));
    return file;
  }

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return folder_.path(); }

  [[nodiscard]] std::filesystem::path operator/(std::string_view name) const {
    return folder_ / name;
  }

 private:
  TempDir folder_;
};

} // namespace nightshift::tests
