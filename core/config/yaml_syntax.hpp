// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/diagnostics.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift {

// Where the parser gave up, and what it had read last.
struct YamlFailure {
  std::string message;               // the YAML library's own
  std::size_t offset = 0;            // in the text
  std::optional<std::size_t> scalar; // where the last scalar before it began
};

// A sentence, a place and a hint for a text that the YAML library refused.
[[nodiscard]] Diagnostic explain(const YamlFailure& failure, std::string_view text, int file);

// The scalar that begins at `offset` (after its tag and anchor, if it has any) is in quotes that
// are never closed. The library takes the end of the text for the closing quote.
[[nodiscard]] bool is_never_closed(std::string_view text, std::size_t offset);

// Whether the text is so full of brackets, quotes and commas that it exceeds the limits on nodes or
// on depth for certain. Found out before the parser is let at it, for that needs hundreds of bytes
// of memory for each of them.
[[nodiscard]] bool exceeds_limits(std::string_view text);

} // namespace nightshift
