// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace nightshift::tests {

// What goes over a connection. One thread.
class Channel {
 public:
  Channel() = default;
  Channel(const Channel&) = delete;
  Channel& operator=(const Channel&) = delete;
  virtual ~Channel() = default;

  // How many bytes came; 0 once the other side is gone.
  [[nodiscard]] virtual std::size_t receive(std::span<char> buffer) = 0;

  // False if the other side is gone.
  [[nodiscard]] virtual bool send(std::string_view bytes) = 0;
};

} // namespace nightshift::tests
