// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "tests/support/channel.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <memory>
#include <string>

namespace nightshift::tests {

// A certificate that nobody vouches for but itself, and its key; both made by the command openssl.
class TlsIdentity {
 public:
  // `name` as OpenSSL writes it: "IP:127.0.0.1", "DNS:store.example".
  explicit TlsIdentity(const std::string& name);

  // In PEM; who trusts it trusts the server.
  [[nodiscard]] std::filesystem::path certificate() const { return folder_ / "certificate.pem"; }

  [[nodiscard]] std::filesystem::path key() const { return folder_ / "key.pem"; }

  // Any thread. A channel of the server's side on a connected socket, which stays the caller's;
  // nothing if the other side breaks off, as it does where it does not trust the certificate.
  [[nodiscard]] std::unique_ptr<Channel> accept(int socket) const;

 private:
  TempDir folder_;
};

} // namespace nightshift::tests
