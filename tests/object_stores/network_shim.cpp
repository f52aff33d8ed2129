// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into the program: names have no address and servers refuse to connect, as often as the
// file says that NIGHTSHIFT_NETWORK_FAULTS names, which another program may write at any time. The
// name store.example is this machine's.

#include "tests/object_stores/network_faults.hpp"

#include <dlfcn.h>
#include <fcntl.h>
#include <netdb.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace {

using nightshift::tests::NetworkFaults;

// Nothing goes wrong where the file is not to be had; a test that counts what did finds out.
NetworkFaults& faults() {
  static NetworkFaults k_none;
  static NetworkFaults& k_faults = []() -> NetworkFaults& {
    const char* const path = std::getenv("NIGHTSHIFT_NETWORK_FAULTS");
    const int fd = path != nullptr ? open(path, O_RDWR | O_CLOEXEC) : -1;
    if (fd < 0) {
      return k_none;
    }
    void* const map =
        mmap(nullptr, sizeof(NetworkFaults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    close(fd);
    return map != MAP_FAILED ? *static_cast<NetworkFaults*>(map) : k_none;
  }();
  return k_faults;
}

bool takes_one(std::int32_t& left) {
  const std::atomic_ref count(left);
  std::int32_t now = count.load();
  while (now > 0 && !count.compare_exchange_weak(now, now - 1)) {
  }
  if (now != 0) {
    ++std::atomic_ref(faults().made);
  }
  return now != 0;
}

template <class Function>
Function* next(const char* name) {
  return reinterpret_cast<Function*>(dlsym(RTLD_NEXT, name));
}

} // namespace

extern "C" {

int getaddrinfo(const char* node, const char* service, const addrinfo* hints, addrinfo** found) {
  static auto* const k_next = next<decltype(getaddrinfo)>("getaddrinfo");
  if (node == nullptr || std::strcmp(node, "store.example") != 0) {
    return k_next(node, service, hints, found);
  }
  return takes_one(faults().names) ? EAI_NONAME : k_next("127.0.0.1", service, hints, found);
}

int connect(int fd, const sockaddr* address, socklen_t size) {
  static auto* const k_next = next<decltype(connect)>("connect");
  if (address->sa_family == AF_INET && takes_one(faults().connects)) {
    errno = ECONNREFUSED;
    return -1;
  }
  return k_next(fd, address, size);
}
}
