// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_error.hpp"

#include "core/base/file.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

namespace nightshift {

PluginError::PluginError(std::filesystem::path path, std::string_view why,
                         std::vector<std::string> claims)
    : JobError(ErrorClass::permanent, error_code::k_plugin,
               fmt::format("cannot use plugin {}: {}", shown_path(path), one_line(why))),
      path_(std::move(path)),
      why_(why),
      claims_(std::move(claims)) {}

} // namespace nightshift
