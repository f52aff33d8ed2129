// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/value.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace nightshift {

// One mistake in what a person wrote. `message` is a sentence without its full stop: what is wrong
// and what would be right.
struct Diagnostic {
  SourcePosition position;
  std::string message;
  std::string hint; // "did you mean \"attempts\"?"; may be empty
};

// Mistakes are collected, so that all of them are reported at once.
class Diagnostics {
 public:
  void error(SourcePosition position, std::string message, std::string hint = {}) {
    errors_.push_back({position, std::move(message), std::move(hint)});
  }

  [[nodiscard]] bool has_errors() const noexcept { return !errors_.empty(); }

  [[nodiscard]] const std::vector<Diagnostic>& errors() const noexcept { return errors_; }

 private:
  std::vector<Diagnostic> errors_;
};

} // namespace nightshift
