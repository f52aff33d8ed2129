// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_search.hpp"

#include "core/plugin_host/plugin_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <system_error>

namespace nightshift {

namespace fs = std::filesystem;

std::vector<fs::path> plugin_folders(const std::vector<fs::path>& named) {
  std::vector<fs::path> folders;
  std::transform(named.begin(), named.end(), std::back_inserter(folders),
                 [](const fs::path& folder) { return fs::absolute(folder).lexically_normal(); });
  const fs::path program = fs::read_symlink("/proc/self/exe");
  folders.push_back(program.parent_path().parent_path() / "lib/nightshift/plugins");
  return folders;
}

std::vector<fs::path> plugin_files(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::path> files;
  fs::directory_iterator entry(folder, error);
  for (; !error && entry != fs::directory_iterator(); entry.increment(error)) {
    const fs::path& path = entry->path();
    if (path.extension() == ".so" && !path.filename().string().starts_with('.')) {
      files.push_back(path);
    }
  }
  if (error) {
    throw PluginError(folder, fmt::format("this plugin folder cannot be read: {}; correct "
                                          "--plugin-dir or install Nightshift again",
                                          error.message()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

} // namespace nightshift
