// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace nightshift {

// SHA-256 as 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256(std::string_view bytes);

// HMAC-SHA-256 (RFC 2104) as 32 bytes.
[[nodiscard]] std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Of a file's content, read piece by piece. Throws as `read_file` does.
[[nodiscard]] std::string sha256_of_file(const std::filesystem::path& path);

} // namespace nightshift
