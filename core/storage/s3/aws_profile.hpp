// SPDX-License-Identifier: Apache-2.0
//
// A profile of Amazon's tools: its sections in their two files.

#pragma once

#include "core/base/ini_file.hpp"
#include "core/storage/s3/access_setting.hpp"
#include "core/storage/s3/credentials.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

class AwsProfile {
 public:
  // Reads both files; either may be absent. Throws as `read_secret_file` and `IniFile` do.
  AwsProfile(std::string name, const Environment& environment);
  AwsProfile(const AwsProfile&) = delete;
  AwsProfile& operator=(const AwsProfile&) = delete;

  // Whether a file has a section for it.
  [[nodiscard]] bool exists() const noexcept { return !scopes_.empty(); }

  // "profile arbutus"
  [[nodiscard]] std::string describe() const;

  // "/home/me/.aws/credentials and /home/me/.aws/config", or that HOME is not set.
  [[nodiscard]] std::string files() const;

  // The names of the profiles that are there, for people: "a, b".
  [[nodiscard]] std::string known() const;

  // What the profile says of something; the credentials file's word counts more. Not for secrets.
  [[nodiscard]] std::optional<Setting> find(std::string_view key) const;

  // What it says in a block: "endpoint_url" of "s3 =\n  endpoint_url = https://...".
  [[nodiscard]] std::optional<Setting> find_nested(std::string_view block,
                                                   std::string_view key) const;

  // What the section says for `service` that the profile's key `services` names. Throws `config` if
  // there is no such section.
  [[nodiscard]] std::optional<Setting> find_for_service(std::string_view service,
                                                        std::string_view key) const;

  // The keys of the first file that has any, checked, and where they are. Throws `config`.
  struct Found {
    Credentials credentials;
    std::string place; // "/home/me/.aws/credentials"
  };

  [[nodiscard]] std::optional<Found> find_credentials() const;

 private:
  // Where values are looked for: a section, then the file's section of defaults.
  struct Scope {
    const IniFile* file;
    const IniSection* section;

    [[nodiscard]] const IniEntry* find(std::string_view key) const;
  };

  void add_scope(const std::optional<IniFile>& file, const IniSection* section);

  std::string name_;
  std::optional<std::filesystem::path> credentials_path_; // nothing: HOME is not set
  std::optional<std::filesystem::path> config_path_;
  std::optional<IniFile> credentials_;
  std::optional<IniFile> config_;
  std::vector<Scope> scopes_; // in the order in which they count
};

} // namespace nightshift::s3
