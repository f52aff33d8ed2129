// SPDX-License-Identifier: Apache-2.0
//
// Is all well where the program is to run? Everything is tried, not looked up: a file is written,
// a lock taken against another process, a source listed up to its first capture.

#pragma once

#include "core/base/json.hpp"
#include "core/plugin_host/plugin_registry.hpp"
#include "core/runner/run.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// One thing that was looked at.
struct Finding {
  std::string check; // "locks"
  bool good = true;
  std::string text; // what was found or, if it is not good, what to do
};

struct DoctorOptions {
  std::optional<JobFileOptions> job_file; // else only what a state directory tells
  std::optional<std::filesystem::path> state_dir;
  std::optional<int> threads;
  std::vector<std::filesystem::path> plugin_folders; // where `registry` looked
};

// Leaves nothing behind. Throws `JobError` only if no state directory is known. Before threads are
// started: it forks.
[[nodiscard]] std::vector<Finding> examine(const DoctorOptions& options, PluginRegistry& registry);

[[nodiscard]] bool all_good(const std::vector<Finding>& findings);

// A line each.
[[nodiscard]] std::string to_text(const std::vector<Finding>& findings, bool coloured);
[[nodiscard]] Json to_document(const std::vector<Finding>& findings);

} // namespace nightshift
