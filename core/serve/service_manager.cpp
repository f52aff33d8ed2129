// SPDX-License-Identifier: Apache-2.0

#include "core/serve/service_manager.hpp"

#include "core/base/file.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cstddef>
#include <cstdlib>

namespace nightshift::serve {

ServiceManager::ServiceManager() {
  constexpr const char* k_variable = "NOTIFY_SOCKET";
  if (const char* const name = std::getenv(k_variable)) { // NOLINT(concurrency-mt-unsafe)
    socket_ = name;
  }
  unsetenv(k_variable); // NOLINT(concurrency-mt-unsafe)
}

void ServiceManager::tell(const std::string& state) const noexcept {
  sockaddr_un address{};
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) {
    return;
  }
  address.sun_family = AF_UNIX;
  socket_.copy(address.sun_path, socket_.size());
  if (socket_.front() == '@') { // a name in no folder
    address.sun_path[0] = '\0';
  }
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  (void)sendto(fd.get(), state.data(), state.size(), MSG_NOSIGNAL,
               reinterpret_cast<const sockaddr*>(&address), size);
}

} // namespace nightshift::serve
