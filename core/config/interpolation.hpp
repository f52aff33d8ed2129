// SPDX-License-Identifier: Apache-2.0
//
// What a job file takes from outside, so that no secret is ever written in it: `${env:NAME}`,
// `${env:NAME:-default}` and `${file:PATH}`; `$${` is a plain `${`.

#pragma once

#include <nightshift/value.hpp>

#include <tl/expected.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

namespace nightshift {

enum class Quoting { plain, quoted };

struct InterpolationError {
  std::size_t offset = 0; // in the text, of the "${"
  std::string message;
  std::string hint;
};

// The value of a scalar of a job file that holds "${": plain text that is one `${…}` and nothing
// else is read by the core schema once it is resolved, all other is text. `folder` is what the path
// of `${file:…}` is relative to; the value's unresolved form has it absolute, and says by quotes
// whether there were any where it matters, so that `resolve_recorded` gives the same value.
[[nodiscard]] tl::expected<Value, InterpolationError>
interpolate(std::string_view text, Quoting quoting, const std::filesystem::path& folder,
            SourcePosition position);

// The value that an unresolved form stands for now. Throws `JobError` (`bad_data`) if something in
// it cannot be resolved.
[[nodiscard]] Value resolve_recorded(const std::string& unresolved);

} // namespace nightshift
