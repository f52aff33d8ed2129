// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"

#include <string>

namespace nightshift::s3 {

// Whether a text holds the access key's id, the secret or the token, as they are, percent-encoded,
// or escaped for XML.
[[nodiscard]] bool gives_away(const std::string& text, const Credentials& credentials);

// What may be shown of a store's own words about a request that was signed with `credentials`, or
// with none (null): nothing if they give those away. A word that is longer than any is "…":
// signatures and tokens, in whatever form, are.
[[nodiscard]] std::string harmless_words(const std::string& words, const Credentials* credentials);

} // namespace nightshift::s3
