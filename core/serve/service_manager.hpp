// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <string>

namespace nightshift::serve {

// Tells systemd how the server is, as sd_notify(3) does: a datagram on a socket that it names.
class ServiceManager {
 public:
  // Takes NOTIFY_SOCKET out of the environment: children are none of its business. Before threads
  // are started.
  ServiceManager();

  // "READY=1", "STOPPING=1", "STATUS=…". Nothing where nobody asked to be told.
  void tell(const std::string& state) const noexcept;

 private:
  std::string socket_;
};

} // namespace nightshift::serve
