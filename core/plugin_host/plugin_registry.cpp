// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_registry.hpp"

#include "core/base/hash.hpp"
#include "core/plugin_host/plugin_library.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

namespace nightshift {

namespace fs = std::filesystem;

struct PluginRegistry::Plugin {
  PluginInfo info;
  std::vector<std::unique_ptr<JobType>> job_types; // none until it is loaded
};

namespace {

void check_descriptor(const PluginInfo& info, const PluginDescriptor& descriptor) {
  const auto same = [](const char* text, std::string_view expected) {
    return text != nullptr && text == expected;
  };
  // In the order that makes reading each member safe.
  const bool agrees = descriptor.struct_size >= sizeof(PluginDescriptor) &&
                      descriptor.interface_version == NIGHTSHIFT_INTERFACE_VERSION &&
                      same(descriptor.fingerprint, NIGHTSHIFT_FINGERPRINT) &&
                      same(descriptor.name, info.name) && same(descriptor.version, info.version) &&
                      descriptor.register_job_types != nullptr;
  if (!agrees) {
    throw PluginError(info.path, "its descriptor contradicts its manifest; rebuild it from one "
                                 "source");
  }
}

void check_registered(const PluginInfo& info,
                      const std::vector<std::unique_ptr<JobType>>& job_types) {
  std::vector<std::string> keys;
  std::transform(job_types.begin(), job_types.end(), std::back_inserter(keys),
                 [](const auto& type) { return type == nullptr ? "" : type->info().key; });
  if (keys != info.job_types) {
    throw PluginError(info.path,
                      fmt::format("it announces the job types \"{}\" and registers \"{}\"; make "
                                  "k_key and info().key the same",
                                  fmt::join(info.job_types, ", "), fmt::join(keys, ", ")));
  }
  for (const auto& job_type : job_types) {
    if (job_type->info().stages.empty()) {
      throw PluginError(info.path,
                        fmt::format("its job type \"{}\" has no stage; name one in info().stages",
                                    job_type->info().key));
    }
  }
}

fs::path resolved(const fs::path& file) {
  std::error_code error;
  fs::path path = fs::canonical(file, error);
  if (error) {
    throw PluginError(fs::absolute(file), fmt::format("it cannot be opened: {}", error.message()),
                      {file.stem().string()});
  }
  return path;
}

std::string hash_of(const fs::path& path) {
  try {
    return sha256_of_file(path);
  } catch (const JobError& error) {
    throw PluginError(path, error.what());
  }
}

} // namespace

PluginRegistry::PluginRegistry(const std::vector<fs::path>& folders, Trust trust) : trust_(trust) {
  for (const fs::path& folder : folders) {
    add_folder(folder);
  }
}

PluginRegistry::~PluginRegistry() = default;
PluginRegistry::PluginRegistry(PluginRegistry&&) noexcept = default;
PluginRegistry& PluginRegistry::operator=(PluginRegistry&&) noexcept = default;

void PluginRegistry::add_folder(const fs::path& folder) {
  try {
    for (const fs::path& file : plugin_files(fs::absolute(folder))) {
      add(file);
    }
  } catch (const PluginError& problem) {
    problems_.push_back(problem);
  }
}

void PluginRegistry::add(const fs::path& file) {
  try {
    // A folder may be named twice, by itself or by a link.
    if (at_path(resolved(file)) == nullptr) {
      plugins_.push_back(inspect(file));
    }
  } catch (const PluginError& problem) {
    problems_.push_back(problem);
  }
}

void PluginRegistry::load(const fs::path& file) {
  if (Plugin* known = at_path(resolved(file))) {
    load_library(*known);
    return;
  }
  auto plugin = inspect(fs::absolute(file));
  load_library(*plugin);
  plugins_.push_back(std::move(plugin));
}

void PluginRegistry::load_all() {
  std::vector<Plugin*> all;
  for (const auto& plugin : plugins_) {
    all.push_back(plugin.get());
  }
  for (Plugin* plugin : all) {
    try {
      load_or_take_out(*plugin);
    } catch (const PluginError&) { // it is among the problems now
    }
  }
}

const JobType* PluginRegistry::find(std::string_view key) {
  Plugin* plugin = announcing(key);
  if (plugin == nullptr) {
    if (const PluginError* problem = problem_of(key)) {
      throw PluginError(*problem);
    }
    return nullptr;
  }
  load_or_take_out(*plugin);
  return std::find_if(plugin->job_types.begin(), plugin->job_types.end(),
                      [key](const auto& type) { return type->info().key == key; })
      ->get();
}

const PluginInfo* PluginRegistry::plugin_of(std::string_view key) const {
  const Plugin* plugin = announcing(key);
  return plugin == nullptr ? nullptr : &plugin->info;
}

std::vector<PluginInfo> PluginRegistry::plugins() const {
  std::vector<PluginInfo> infos;
  for (const auto& plugin : plugins_) {
    infos.push_back(plugin->info);
  }
  return infos;
}

std::vector<std::string> PluginRegistry::job_types() const {
  std::vector<std::string> keys;
  for (const auto& plugin : plugins_) {
    keys.insert(keys.end(), plugin->info.job_types.begin(), plugin->info.job_types.end());
  }
  return keys;
}

const PluginError* PluginRegistry::problem_of(std::string_view key) const {
  const auto found = std::find_if(problems_.begin(), problems_.end(), [key](const auto& problem) {
    const auto& claims = problem.claims();
    return std::find(claims.begin(), claims.end(), key) != claims.end();
  });
  return found == problems_.end() ? nullptr : &*found;
}

std::unique_ptr<PluginRegistry::Plugin> PluginRegistry::inspect(const fs::path& file) const {
  PluginManifest manifest = inspect_plugin_file(file, trust_);
  for (const std::string& key : manifest.job_types) {
    if (const PluginInfo* other = plugin_of(key)) {
      throw PluginError(file,
                        fmt::format("it provides the job type \"{}\", and so does {}, which was "
                                    "found first; remove one of them",
                                    key, other->path.string()),
                        manifest.job_types);
    }
  }
  auto plugin = std::make_unique<Plugin>();
  plugin->info = {resolved(file), std::move(manifest.name), std::move(manifest.version), "",
                  std::move(manifest.job_types)};
  return plugin;
}

PluginRegistry::Plugin* PluginRegistry::announcing(std::string_view key) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(), [key](const auto& plugin) {
    const auto& keys = plugin->info.job_types;
    return std::find(keys.begin(), keys.end(), key) != keys.end();
  });
  return found == plugins_.end() ? nullptr : found->get();
}

PluginRegistry::Plugin* PluginRegistry::at_path(const fs::path& path) const {
  const auto found = std::find_if(plugins_.begin(), plugins_.end(), [&path](const auto& plugin) {
    return plugin->info.path == path;
  });
  return found == plugins_.end() ? nullptr : found->get();
}

void PluginRegistry::load_library(Plugin& plugin) {
  if (!plugin.job_types.empty()) {
    return;
  }
  const PluginInfo& info = plugin.info;
  std::string hash = hash_of(info.path);
  const PluginDescriptor& descriptor = load_plugin_library(info.path);
  check_descriptor(info, descriptor);
  auto job_types = register_job_types(info.path, descriptor);
  check_registered(info, job_types);
  plugin.job_types = std::move(job_types);
  plugin.info.sha256 = std::move(hash);
}

void PluginRegistry::load_or_take_out(Plugin& plugin) {
  try {
    load_library(plugin);
  } catch (const PluginError& error) {
    problems_.emplace_back(error.path(), error.why(), plugin.info.job_types);
    std::erase_if(plugins_, [&plugin](const auto& each) { return each.get() == &plugin; });
    throw;
  }
}

} // namespace nightshift
