// SPDX-License-Identifier: Apache-2.0
//
// A remote as rclone's configuration has it.

#pragma once

#include "core/base/ini_file.hpp"
#include "core/storage/s3/access_setting.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::s3 {

class RcloneRemote {
 public:
  // Throws as `read_secret_file` and `IniFile` do; `config` if the file is encrypted, if there is
  // no such remote (naming those that there are), or if it is not one of S3.
  RcloneRemote(std::string name, const Environment& environment);
  RcloneRemote(const RcloneRemote&) = delete;
  RcloneRemote& operator=(const RcloneRemote&) = delete;

  // "remote arbutus in /home/me/.config/rclone/rclone.conf"
  [[nodiscard]] std::string describe() const;

  // What is said of a key, in the environment or in the file. Not for secrets.
  [[nodiscard]] std::optional<Setting> find(std::string_view key) const;

  // As Go reads it; nothing if it is not said, or "unset". Throws `config`, naming the place.
  [[nodiscard]] std::optional<bool> find_bool(std::string_view key) const;

  // Its value; empty if there is none.
  [[nodiscard]] Secret find_secret(std::string_view key) const;

 private:
  [[nodiscard]] std::string own_variable(std::string_view key) const;
  void read_file();
  void check_type() const;
  [[nodiscard]] std::string known() const;

  std::string name_;
  const Environment& environment_;
  std::optional<IniFile> file_;
  const IniSection* section_ = nullptr;
};

} // namespace nightshift::s3
