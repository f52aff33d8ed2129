// SPDX-License-Identifier: Apache-2.0
//
// How a command ends that could not do its work.

#pragma once

#include "core/runner/exit_code.hpp"

#include <string>

namespace nightshift {

struct RunFailure {
  ExitCode exit_code = ExitCode::internal;
  std::string text; // what a person is told; ends in a newline
};

// What the exception under way comes to; call it in a handler.
[[nodiscard]] RunFailure failure_of_current_exception();

} // namespace nightshift
