// SPDX-License-Identifier: Apache-2.0
//
// SHA-256 by OpenSSL's plain functions, which it has declared old. What replaces them first reads
// OpenSSL's settings and looks for providers: 4 MiB of memory and some milliseconds in each run,
// for the same digest.

#include "core/base/hash.hpp"

#include "core/base/file.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <initializer_list>

namespace nightshift {

namespace {

class Sha256 {
 public:
  Sha256() { check(SHA256_Init(&context_) == 1); }

  void add(const void* bytes, std::size_t size) {
    check(SHA256_Update(&context_, bytes, size) == 1);
  }

  [[nodiscard]] std::string digest() {
    std::string bytes(SHA256_DIGEST_LENGTH, '\0');
    check(SHA256_Final(reinterpret_cast<unsigned char*>(bytes.data()), &context_) == 1);
    return bytes;
  }

  [[nodiscard]] std::string hexadecimal() {
    std::string text;
    for (const char byte : digest()) {
      text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    }
    return text;
  }

 private:
  static void check(bool done) {
    if (!done) {
      throw permanent_error(error_code::k_internal, "OpenSSL cannot compute SHA-256 here");
    }
  }

  SHA256_CTX context_{};
};

std::string digest_of(std::initializer_list<std::string_view> pieces) {
  Sha256 hash;
  for (const std::string_view piece : pieces) {
    hash.add(piece.data(), piece.size());
  }
  return hash.digest();
}

} // namespace

std::string sha256(std::string_view bytes) {
  Sha256 hash;
  hash.add(bytes.data(), bytes.size());
  return hash.hexadecimal();
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t k_block = SHA256_CBLOCK;
  std::string block = key.size() > k_block ? digest_of({key}) : std::string(key);
  block.resize(k_block);
  const auto masked = [&block](unsigned mask) {
    std::string text = block;
    for (char& byte : text) {
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ mask);
    }
    return text;
  };
  std::string inner = masked(0x36);
  std::string outer = masked(0x5C);
  std::string digest = digest_of({outer, digest_of({inner, bytes})});
  for (std::string* secret : {&block, &inner, &outer}) {
    OPENSSL_cleanse(secret->data(), secret->size());
  }
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
