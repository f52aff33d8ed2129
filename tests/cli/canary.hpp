// SPDX-License-Identifier: Apache-2.0
//
// Texts that must come out nowhere, and ways to find them.

#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

// A secret of 40 characters, as Amazon's are, with some in it that are written otherwise in URLs
// and in XML; `core` is what is looked for.
struct Canary {
  std::string core; // letters and digits

  [[nodiscard]] std::string text() const {
    return "w/" + core + "+&" + std::string(34 - core.size(), 'x') + "==";
  }
};

[[nodiscard]] std::string in_base64(std::string_view text);
[[nodiscard]] std::string in_hexadecimal(std::string_view text);
[[nodiscard]] std::string in_url(std::string_view text);

// The forms in which what `canaries` are made of stands in `bytes`: as it is, which is how URLs and
// XML have letters and digits too, in hexadecimal digits, or within anything in base64.
[[nodiscard]] std::vector<std::string> canaries_in(std::string_view bytes,
                                                   const std::vector<Canary>& canaries);

// The same for every file below a folder, if there is one, and the files' names.
[[nodiscard]] std::vector<std::string> canaries_below(const std::filesystem::path& folder,
                                                      const std::vector<Canary>& canaries);

} // namespace nightshift::tests
