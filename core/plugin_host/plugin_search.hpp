// SPDX-License-Identifier: Apache-2.0
//
// Where plugins are looked for: in the folders a person names, then in the one that was installed
// with the program. No environment variable and no current folder has a say, since who could set
// them could run code as the user.

#pragma once

#include <filesystem>
#include <vector>

namespace nightshift {

// `named` in its order, then "<folder of the program>/../lib/nightshift/plugins", all absolute.
[[nodiscard]] std::vector<std::filesystem::path>
plugin_folders(const std::vector<std::filesystem::path>& named);

// Whatever is called *.so in a folder and is not hidden, sorted by name. Throws `PluginError` if it
// cannot be read.
[[nodiscard]] std::vector<std::filesystem::path> plugin_files(const std::filesystem::path& folder);

} // namespace nightshift
