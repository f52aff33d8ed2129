// SPDX-License-Identifier: Apache-2.0
//
// By OpenSSL's plain functions, which it has declared old. What replaces them first reads OpenSSL's
// settings and looks for providers: 4 MiB of memory and some milliseconds in each run, for the same
// digest.

#include "core/base/hash.hpp"

#include "core/base/file.hpp"
#include "core/base/secret.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <openssl/md5.h>
#include <openssl/sha.h>

#include <array>
#include <cstddef>
#include <initializer_list>
#include <utility>
#include <variant>

namespace nightshift {

namespace {

void check_openssl(bool done) {
  if (!done) {
    throw permanent_error(error_code::k_internal, "OpenSSL cannot compute a hash here");
  }
}

std::string digest_of(std::initializer_list<std::string_view> pieces) {
  Hash hash(HashAlgorithm::sha256);
  for (const std::string_view piece : pieces) {
    hash.add(piece);
  }
  return hash.digest();
}

} // namespace

struct Hash::State {
  std::variant<MD5_CTX, SHA256_CTX> context;
};

Hash::Hash(HashAlgorithm algorithm) : state_(std::make_unique<State>()) {
  if (algorithm == HashAlgorithm::md5) {
    check_openssl(MD5_Init(&state_->context.emplace<MD5_CTX>()) == 1);
  } else {
    check_openssl(SHA256_Init(&state_->context.emplace<SHA256_CTX>()) == 1);
  }
}

Hash::Hash(Hash&&) noexcept = default;
Hash& Hash::operator=(Hash&&) noexcept = default;
Hash::~Hash() = default;

void Hash::add(std::string_view bytes) {
  if (auto* const md5 = std::get_if<MD5_CTX>(&state_->context)) {
    check_openssl(MD5_Update(md5, bytes.data(), bytes.size()) == 1);
  } else {
    auto& sha = std::get<SHA256_CTX>(state_->context);
    check_openssl(SHA256_Update(&sha, bytes.data(), bytes.size()) == 1);
  }
}

std::string Hash::digest() {
  auto* const md5 = std::get_if<MD5_CTX>(&state_->context);
  std::string bytes(md5 != nullptr ? MD5_DIGEST_LENGTH : SHA256_DIGEST_LENGTH, '\0');
  auto* const to = reinterpret_cast<unsigned char*>(bytes.data());
  check_openssl(md5 != nullptr ? MD5_Final(to, md5) == 1
                               : SHA256_Final(to, &std::get<SHA256_CTX>(state_->context)) == 1);
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
  constexpr std::size_t k_block = SHA256_CBLOCK;
  std::string digest = key.size() > k_block ? digest_of({key}) : std::string();
  const Secret hashed = Secret::taken_from(digest);
  key = hashed.empty() ? key : hashed.reveal();
  const auto masked = [key](unsigned mask) {
    SecretBytes block(key.begin(), key.end());
    block.resize(k_block);
    for (char& byte : block) {
      byte = static_cast<char>(static_cast<unsigned char>(byte) ^ mask);
    }
    return Secret(std::move(block));
  };
  return digest_of({masked(0x5C).reveal(), digest_of({masked(0x36).reveal(), bytes})});
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
