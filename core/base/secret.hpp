// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/secret_memory.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// Bytes that are in no core dump and are wiped when they go, those of a vector that grew included.
using SecretBytes = std::vector<char, SecretAllocator<char>>;

// A text that must never be shown: nothing prints it, formats it or compares it; it is kept as
// `SecretBytes` are. Who calls `reveal` answers for what becomes of the text.
class Secret {
 public:
  Secret() = default;

  explicit Secret(std::string_view text) : bytes_(text.begin(), text.end()) {}

  explicit Secret(SecretBytes bytes) : bytes_(std::move(bytes)) {}

  // Of a text that has done its duty: it is wiped.
  [[nodiscard]] static Secret taken_from(std::string& text) {
    Secret secret{std::string_view(text)};
    ::explicit_bzero(text.data(), text.size());
    text.clear();
    return secret;
  }

  [[nodiscard]] std::string_view reveal() const noexcept { return {bytes_.data(), bytes_.size()}; }

  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }

 private:
  SecretBytes bytes_;
};

} // namespace nightshift
