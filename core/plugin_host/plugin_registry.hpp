// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/plugin_host/plugin_error.hpp"
#include "core/plugin_host/plugin_file.hpp"
#include "core/plugin_host/plugin_search.hpp"

#include <nightshift/job_type.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

struct PluginInfo {
  std::filesystem::path path; // absolute, links resolved
  std::string name;
  std::string version;
  std::string sha256; // of the file; "" until it is loaded
  std::vector<std::string> job_types;
};

// The plugins that were found and the job types they provide. A plugin is inspected when it is
// found and loaded when somebody asks for one of its job types; then it stays for the life of the
// process, and so should the registry, which owns the job types. One that cannot be used is
// remembered as a problem and the rest goes on. `const` functions may be called from any thread
// while no other is.
class PluginRegistry {
 public:
  // The plugins of all `folders`. Of two that provide the same job type the first found wins.
  explicit PluginRegistry(const std::vector<std::filesystem::path>& folders = {},
                          Trust trust = Trust::owners_only);
  ~PluginRegistry();
  PluginRegistry(PluginRegistry&&) noexcept;
  PluginRegistry& operator=(PluginRegistry&&) noexcept;

  void add_folder(const std::filesystem::path& folder);

  // Find, inspect and load one plugin. Throws `PluginError`; the registry is then as it was.
  void load(const std::filesystem::path& file);

  void load_all();

  // The job type, its plugin loaded. Null if nothing is known of it. Throws `PluginError` if a
  // plugin that provides it, or is likely to, cannot be used.
  [[nodiscard]] const JobType* find(std::string_view key);

  // Null if no plugin announces `key`.
  [[nodiscard]] const PluginInfo* plugin_of(std::string_view key) const;

  // Those without a known problem, in the order they were found.
  [[nodiscard]] std::vector<PluginInfo> plugins() const;

  // Their job types, in the same order.
  [[nodiscard]] std::vector<std::string> job_types() const;

  [[nodiscard]] const std::vector<PluginError>& problems() const noexcept { return problems_; }

  // The problem of a plugin that is said to provide `key`; null if there is none.
  [[nodiscard]] const PluginError* problem_of(std::string_view key) const;

 private:
  struct Plugin;

  void add(const std::filesystem::path& file);
  [[nodiscard]] std::unique_ptr<Plugin> inspect(const std::filesystem::path& file) const;
  [[nodiscard]] Plugin* announcing(std::string_view key) const;
  [[nodiscard]] Plugin* at_path(const std::filesystem::path& path) const;
  static void load_library(Plugin& plugin);
  void load_or_take_out(Plugin& plugin);

  Trust trust_;
  std::vector<std::unique_ptr<Plugin>> plugins_;
  std::vector<PluginError> problems_;
};

} // namespace nightshift
