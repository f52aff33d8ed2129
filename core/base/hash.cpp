// SPDX-License-Identifier: Apache-2.0
//
// By Nettle, which is ready at once: OpenSSL's library takes 2 MiB of a process that never hashes
// anything, and its present functions first read settings and look for providers.

#include "core/base/hash.hpp"

#include "core/base/file.hpp"
#include "core/base/secret.hpp"

#include <fmt/format.h>
#include <nettle/hmac.h>
#include <nettle/md5.h>
#include <nettle/sha2.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

namespace nightshift {

namespace {

const std::uint8_t* bytes_of(std::string_view text) noexcept {
  return reinterpret_cast<const std::uint8_t*>(text.data());
}

std::uint8_t* bytes_of(std::string& text) noexcept {
  return reinterpret_cast<std::uint8_t*>(text.data());
}

} // namespace

struct Hash::State {
  std::variant<md5_ctx, sha256_ctx> context;
};

Hash::Hash(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  if (algorithm == HashAlgorithm::md5) {
    md5_init(&state_->context.emplace<md5_ctx>());
  } else {
    sha256_init(&state_->context.emplace<sha256_ctx>());
  }
}

Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

void Hash::add(std::string_view bytes) {
  if (auto* const md5 = std::get_if<md5_ctx>(&state_->context)) {
    md5_update(md5, bytes.size(), bytes_of(bytes));
  } else {
    sha256_update(&std::get<sha256_ctx>(state_->context), bytes.size(), bytes_of(bytes));
  }
}

std::string Hash::digest() {
  auto* const md5 = std::get_if<md5_ctx>(&state_->context);
  std::string bytes(md5 != nullptr ? MD5_DIGEST_SIZE : SHA256_DIGEST_SIZE, '\0');
  if (md5 != nullptr) {
    md5_digest(md5, bytes.size(), bytes_of(bytes));
  } else {
    sha256_digest(&std::get<sha256_ctx>(state_->context), bytes.size(), bytes_of(bytes));
  }
  return bytes;
}

std::string Hash::hexadecimal() {
  std::string text;
  for (const char byte : digest()) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string sha256(std::string_view bytes) {
  Hash hash(HashAlgorithm::sha256);
  hash.add(bytes);
  return hash.hexadecimal();
}

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  std::vector<hmac_sha256_ctx, SecretAllocator<hmac_sha256_ctx>> context(1); // holds the key
  hmac_sha256_set_key(context.data(), key.size(), bytes_of(key));
  hmac_sha256_update(context.data(), bytes.size(), bytes_of(bytes));
  std::string digest(SHA256_DIGEST_SIZE, '\0');
  hmac_sha256_digest(context.data(), digest.size(), bytes_of(digest));
  return digest;
}

std::string sha256_of_file(const std::filesystem::path& path) {
  const Fd fd = open_file(path);
  Hash hash(HashAlgorithm::sha256);
  std::array<char, 65536> piece{};
  while (const std::size_t count = read_some(fd, piece, path)) {
    hash.add({piece.data(), count});
  }
  return hash.hexadecimal();
}

} // namespace nightshift
