// SPDX-License-Identifier: Apache-2.0
//
// Loading: the plugin's code runs from here on. The only file that knows Boost.DLL.

#pragma once

#include <nightshift/abi.hpp>
#include <nightshift/job_type.hpp>

#include <filesystem>
#include <memory>
#include <vector>

namespace nightshift {

// Load the library for the rest of the process's life: exceptions, thread-local objects and text
// that came out of it may outlive any bookkeeping of ours. `path` is absolute. Throws `PluginError`
// with the loader's words.
[[nodiscard]] const PluginDescriptor& load_plugin_library(const std::filesystem::path& path);

// What the plugin registers. Throws `PluginError` if it throws.
[[nodiscard]] std::vector<std::unique_ptr<JobType>>
register_job_types(const std::filesystem::path& path, const PluginDescriptor& descriptor);

} // namespace nightshift
