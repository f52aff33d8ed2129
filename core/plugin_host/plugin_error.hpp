// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// A plugin that cannot be used: "cannot use plugin /x/y.so: <why, and what to do>".
class PluginError : public JobError {
 public:
  // `claims`: the job types it is said to provide.
  PluginError(std::filesystem::path path, std::string_view why,
              std::vector<std::string> claims = {});

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  [[nodiscard]] const std::string& why() const noexcept { return why_; }

  [[nodiscard]] const std::vector<std::string>& claims() const noexcept { return claims_; }

 private:
  std::filesystem::path path_;
  std::string why_;
  std::vector<std::string> claims_;
};

} // namespace nightshift
