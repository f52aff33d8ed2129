// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdlib>

namespace nightshift::tests {

// A number from the environment, for a longer campaign than a test's.
inline int number_from_environment(const char* name, int otherwise) {
  const char* const value = std::getenv(name);
  return value != nullptr ? std::atoi(value) : otherwise;
}

} // namespace nightshift::tests
