// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/json.hpp"
#include "core/runner/preview.hpp"

#include <string>

namespace nightshift {

// A line a job, why one would not succeed below it, and what all add up to.
[[nodiscard]] std::string to_text(const Preview& preview);

// Its form is documented in configs/README.md.
[[nodiscard]] Json to_document(const Preview& preview);

} // namespace nightshift
