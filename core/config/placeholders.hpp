// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/deployment.hpp>

#include <tl/expected.hpp>

#include <string>
#include <string_view>

namespace nightshift {

struct PlaceholderError {
  std::string message;
  std::string hint;
};

// `text` with "{deployment.id}", "{deployment.name}", "{deployment.source}", "{project.id}" and
// "{project.name}" replaced; "{{" and "}}" are plain braces. `deployment` may be null: then there
// is nothing to put in.
[[nodiscard]] tl::expected<std::string, PlaceholderError>
fill_placeholders(std::string_view text, const Deployment* deployment);

} // namespace nightshift
