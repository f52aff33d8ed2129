// SPDX-License-Identifier: Apache-2.0
//
// What several places may say about an object store.

#pragma once

#include "core/storage/s3/credentials.hpp"

#include <filesystem>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::s3 {

// No secret.
struct Setting {
  std::string value; // not empty
  std::string place; // "AWS_REGION", "/home/me/.aws/config:12"
};

// The first of these variables that is set and not empty.
[[nodiscard]] std::optional<Setting> find_variable(const Environment& environment,
                                                   std::initializer_list<const char*> names);

// The same of a secret; empty if there is none.
[[nodiscard]] Secret find_secret_variable(const Environment& environment,
                                          std::initializer_list<const char*> names);

// A value of the job file's; nothing if it is "".
[[nodiscard]] std::optional<Setting> setting_of_source(std::string_view key, std::string value);

// `path` with the home folder in the place of a "~" at its front; nothing if HOME is not set and
// needed.
[[nodiscard]] std::optional<std::filesystem::path> expand_home(std::string_view path,
                                                               const Environment& environment);

// "https://host:port" of a URL without a path; without a scheme, if that is allowed, https. Throws
// `config`, naming the place.
enum class Scheme { required, https_if_absent };
[[nodiscard]] std::string checked_endpoint(const Setting& setting, Scheme scheme);

// Throw `config`, naming the place.
[[nodiscard]] std::string checked_region(const Setting& setting);
[[nodiscard]] std::filesystem::path checked_ca_bundle(const Setting& setting,
                                                      const Environment& environment);

} // namespace nightshift::s3
