// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/await.hpp"
#include "tests/support/program.hpp"

#include <cstdint>
#include <string>

namespace nightshift::tests {

// Of 127.0.0.1, which `nightshift serve` says once it serves there.
inline std::uint16_t await_port(const Program& server) {
  std::uint16_t port = 0;
  await("the server says where it serves", [&] {
    const std::string told = server.told();
    const std::string before = " at http://127.0.0.1:";
    const std::size_t at = told.find(before);
    if (at == std::string::npos || told.find("/\n", at) == std::string::npos) {
      return false;
    }
    port = static_cast<std::uint16_t>(std::stoi(told.substr(at + before.size())));
    return true;
  });
  return port;
}

} // namespace nightshift::tests
