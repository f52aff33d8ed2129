// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <string>

namespace nightshift {

// Decode `text` from `from` on, in place, as object stores encode keys: %XX, and '+' for a space.
// False if a '%' begins nothing.
[[nodiscard]] bool decode_url(std::string& text, std::size_t from);

} // namespace nightshift
