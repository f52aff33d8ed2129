// SPDX-License-Identifier: Apache-2.0

#include "tests/support/tls_identity.hpp"

#include <fmt/format.h>
#include <openssl/ssl.h>

#include <csignal>
#include <cstdlib>
#include <stdexcept>

namespace nightshift::tests {
namespace {

struct Free {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }

  void operator()(SSL* tls) const noexcept { SSL_free(tls); }
};

using Context = std::unique_ptr<SSL_CTX, Free>;

void check_tls(bool fine, const char* what) {
  if (!fine) {
    throw std::runtime_error(what);
  }
}

// OpenSSL writes to sockets without MSG_NOSIGNAL. A signal that is pending on a thread ends with
// it.
void keep_broken_pipes_from_this_thread() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGPIPE);
  (void)pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

class TlsChannel final : public Channel {
 public:
  TlsChannel(Context context, int socket)
      : context_(std::move(context)),
        tls_(SSL_new(context_.get())) {
    check_tls(SSL_set_fd(tls_.get(), socket) == 1, "SSL_set_fd");
  }

  [[nodiscard]] bool shake_hands() { return SSL_accept(tls_.get()) == 1; }

  [[nodiscard]] std::size_t receive(std::span<char> buffer) override {
    std::size_t count = 0;
    return SSL_read_ex(tls_.get(), buffer.data(), buffer.size(), &count) == 1 ? count : 0;
  }

  [[nodiscard]] bool send(std::string_view bytes) override {
    std::size_t count = 0;
    return bytes.empty() || SSL_write_ex(tls_.get(), bytes.data(), bytes.size(), &count) == 1;
  }

 private:
  Context context_;
  std::unique_ptr<SSL, Free> tls_;
};

} // namespace

TlsIdentity::TlsIdentity(const std::string& name) {
  const std::string command =
      fmt::format("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes "
                  "-days 2 -subj /CN=nightshift-test -addext subjectAltName={} -keyout '{}' "
                  "-out '{}' 2>'{}'",
                  name, key().string(), certificate().string(), (folder_ / "log").string());
  check_tls(std::system(command.c_str()) == 0, "openssl makes no certificate");
}

std::unique_ptr<Channel> TlsIdentity::accept(int socket) const {
  keep_broken_pipes_from_this_thread();
  Context context(SSL_CTX_new(TLS_server_method()));
  check_tls(SSL_CTX_use_certificate_file(context.get(), certificate().c_str(), SSL_FILETYPE_PEM) ==
                1,
            "SSL_CTX_use_certificate_file");
  check_tls(SSL_CTX_use_PrivateKey_file(context.get(), key().c_str(), SSL_FILETYPE_PEM) == 1,
            "SSL_CTX_use_PrivateKey_file");
  auto channel = std::make_unique<TlsChannel>(std::move(context), socket);
  return channel->shake_hands() ? std::move(channel) : nullptr;
}

} // namespace nightshift::tests
