// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace nightshift::tests {

// A home folder and an environment of its own, in which access to an object store is looked for.
// HOME is its folder.
class AccessSite {
 public:
  AccessSite() { variables["HOME"] = home.path().string(); }

  void write_credentials(std::string_view text) const { write(".aws/credentials", text); }

  void write_config(std::string_view text) const { write(".aws/config", text); }

  void write_rclone(std::string_view text) const { write(".config/rclone/rclone.conf", text); }

  void write(std::string_view name, std::string_view text) const { (void)home.write(name, text); }

  // "<home>/.aws/config" and the like, as errors show it.
  [[nodiscard]] std::string path(std::string_view name) const { return (home / name).string(); }

  [[nodiscard]] s3::Environment environment() const {
    return [this](const char* name) {
      const auto found = variables.find(name);
      return found != variables.end() ? std::optional(found->second) : std::nullopt;
    };
  }

  [[nodiscard]] s3::Access access() const { return s3::find_access(settings, environment()); }

  [[nodiscard]] JobError error() const {
    return error_of([this] { return access(); });
  }

  // The id of the access key that is found.
  [[nodiscard]] std::string key() const {
    const s3::Access found = access();
    return found.credentials ? found.credentials->access_key_id : "(none)";
  }

  void set_keys(const std::string& id) {
    variables["AWS_ACCESS_KEY_ID"] = id;
    variables["AWS_SECRET_ACCESS_KEY"] = "secret of " + id;
  }

  TempDir home;
  std::map<std::string, std::string> variables;
  s3::S3Settings settings{"bucket", ""};
};

} // namespace nightshift::tests
