// SPDX-License-Identifier: Apache-2.0
//
// A plugin's file, looked at from outside: loading a library runs its code, so whatever can be
// known about it is checked before.

#pragma once

#include "core/plugin_host/plugin_error.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace nightshift {

// Whose plugins may be used.
enum class Trust {
  owners_only, // file and folder belong to root or to this user and nobody else may write to them
  anybody,
};

// What a plugin says about itself in its ELF note.
struct PluginManifest {
  int interface_version = 0;
  std::string fingerprint;
  std::string name;
  std::string version;
  std::vector<std::string> job_types;
};

// Read the manifest, without loading anything. Throws `PluginError` unless the file is a whole
// plugin, built for this program, that nobody else could have put there.
[[nodiscard]] PluginManifest inspect_plugin_file(const std::filesystem::path& path, Trust trust);

} // namespace nightshift
