// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace nightshift {

enum class HashAlgorithm : std::uint8_t { md5, sha256 };

// The hash of bytes that come piece by piece.
class Hash {
 public:
  explicit Hash(HashAlgorithm algorithm);
  Hash(Hash&&) noexcept;
  Hash& operator=(Hash&&) noexcept;
  ~Hash();

  void add(std::string_view bytes);

  // As bytes, for all that was added. Only one of these two, and once.
  [[nodiscard]] std::string digest();

  // The same as hexadecimal digits in lower case.
  [[nodiscard]] std::string hexadecimal();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// SHA-256 as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104) as 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Of a file's content, read piece by piece. Throws as `read_file` does.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);

} // namespace nightshift
