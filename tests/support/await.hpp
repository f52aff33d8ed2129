// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>

namespace nightshift::tests {

// Look until it is so: for what only another process does, which tells nobody. Throws where it does
// not come true, rather than have the test hang.
template <class Predicate>
void await(const std::string& what, Predicate is_so) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > end) {
      throw std::runtime_error("waited in vain: " + what);
    }
    std::this_thread::yield();
  }
}

} // namespace nightshift::tests
