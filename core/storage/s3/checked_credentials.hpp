// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/credentials.hpp"

#include <string>

namespace nightshift::s3 {

// Credentials that can be put into a request's headers. `where` is for the error,
// "AWS_ACCESS_KEY_ID" or "/home/me/.aws/credentials:3". Throws `config` if a part that is needed is
// missing or has a character, such as a newline at its end, that it cannot have.
[[nodiscard]] Credentials checked(Credentials credentials, const std::string& where);

// Throws `denied` if `expires` is over. `what` is for the error: "what is in the environment".
void refuse_expired(const std::optional<std::chrono::system_clock::time_point>& expires,
                    const std::string& what);

} // namespace nightshift::s3
