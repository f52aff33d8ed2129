// SPDX-License-Identifier: Apache-2.0
//
// Where the server listens: on addresses that it is given, or on sockets that systemd opened for
// it.

#pragma once

#include "core/base/file.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::serve {

struct ListenAddress {
  std::string host; // "127.0.0.1", "::1"
  std::uint16_t port = 0;

  // Whether only this machine can reach it.
  [[nodiscard]] bool is_loopback() const;
};

// "127.0.0.1:8080", "[::1]:8080", "localhost:8080" (which is 127.0.0.1); port 0 takes any that is
// free. Throws `JobError` (`config`) for anything else; a host name is none.
[[nodiscard]] ListenAddress parse_listen_address(std::string_view text);

// A socket that listens there and does not block. Throws `JobError`: `busy` if somebody else does.
[[nodiscard]] Fd listen_on(const ListenAddress& address);

// The sockets that systemd opened for this process (LISTEN_FDS), made not to block; none without
// socket activation. Takes the variables out of the environment: they mean no child. Once, before
// threads are started.
[[nodiscard]] std::vector<Fd> take_activated_sockets();

// Whether only this machine can reach what listens there.
[[nodiscard]] bool is_local(const Fd& socket);

// "http://127.0.0.1:8080/", or "unix:/run/nightshift.sock".
[[nodiscard]] std::string url_of(const Fd& socket);

} // namespace nightshift::serve
