// SPDX-License-Identifier: Apache-2.0

#include "core/base/hash.hpp"

#include "core/base/file.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstddef>
#include <memory>

namespace nightshift {

namespace {

class Sha256 {
 public:
  Sha256() : context_(EVP_MD_CTX_new(), &EVP_MD_CTX_free) {
    check(context_ != nullptr && EVP_DigestInit_ex(context_.get(), EVP_sha256(), nullptr) == 1);
  }

  void add(const void* bytes, std::size_t size) {
    check(EVP_DigestUpdate(context_.get(), bytes, size) == 1);
  }

  [[nodiscard]] std::string hexadecimal() {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    check(EVP_DigestFinal_ex(context_.get(), digest.data(), &size) == 1);
    std::string text;
    for (unsigned i = 0; i < size; ++i) {
      text += fmt::format("{:02x}", digest[i]);
    }
    return text;
  }

 private:
  static void check(bool done) {
    if (!done) {
      throw permanent_error(error_code::k_internal, "OpenSSL cannot compute SHA-256 here");
    }
  }

  std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context_;
};

} // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.hexadecimal();
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned size = 0;
  const auto* const data = reinterpret_cast<const unsigned char*>(bytes.data());
  auto* const to = reinterpret_cast<unsigned char*>(digest.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), data, bytes.size(), to, &size) ==
      nullptr) {
    throw permanent_error(error_code::k_internal, "OpenSSL computes no HMAC");
  }
  digest.resize(size);
  return digest;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const Fd fd = open_file(path);
  Sha256 hash;
  std::array<char, 65536> piece{};
  while (const std::size_t count = read_some(fd, piece, path)) {
    hash.add(piece.data(), count);
  }
  return hash.hexadecimal();
}

} // namespace nightshift
