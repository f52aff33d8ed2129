// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>

namespace nightshift::tests {

// What fault_proxy.py and network_shim.cpp tell each other, in a file that both have mapped. How
// often something is yet to go wrong; -1: for ever.
struct NetworkFaults {
  std::int32_t names = 0;    // there is no address
  std::int32_t connects = 0; // nobody listens
  std::int32_t made = 0;     // so often something went wrong
};

} // namespace nightshift::tests
