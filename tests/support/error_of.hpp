// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/error.hpp>

#include <optional>
#include <stdexcept>

namespace nightshift::tests {

// The `JobError` that `call` throws; a test that gets none fails by the exception from here.
template <class Call>
JobError error_of(Call&& call) {
  std::optional<JobError> error;
  try {
    static_cast<void>(call());
  } catch (const JobError& thrown) {
    error = thrown;
  }
  if (!error) {
    throw std::logic_error("the call did not fail");
  }
  return *error;
}

} // namespace nightshift::tests
