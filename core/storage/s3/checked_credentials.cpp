// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/checked_credentials.hpp"

#include "core/base/time.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <string_view>

namespace nightshift::s3 {
namespace {

// Of what is sent in a header.
bool is_visible_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7F'; });
}

// Of what is only calculated with.
bool is_one_line(std::string_view text) {
  return !text.starts_with(' ') && !text.ends_with(' ') &&
         std::none_of(text.begin(), text.end(),
                      [](char c) { return (c >= 0 && c < ' ') || c == '\x7F'; });
}

JobError wrong(const std::string& where, std::string_view what) {
  return permanent_error(error_code::k_config, fmt::format("{} {}", where, what));
}

} // namespace

Credentials checked(Credentials credentials, const std::string& where) {
  if (credentials.access_key_id.empty()) {
    throw wrong(where, "has a secret access key, but no access key id for it");
  }
  if (credentials.secret_access_key.empty()) {
    throw wrong(where, "has an access key id, but no secret access key for it");
  }
  // ',' and '/' would end it in the header that it is sent in.
  if (!is_visible_ascii(credentials.access_key_id) ||
      credentials.access_key_id.find_first_of(",/") != std::string::npos) {
    throw wrong(where, "has an access key id with a character that none can have, such as a blank "
                       "at its end");
  }
  if (!is_one_line(credentials.secret_access_key.reveal())) {
    throw wrong(where, "has a secret access key with a character that none can have, such as a "
                       "newline at its end");
  }
  if (!is_visible_ascii(credentials.session_token.reveal())) {
    throw wrong(where, "has a session token with a character that none can have, such as a newline "
                       "at its end");
  }
  return credentials;
}

void refuse_expired(const std::optional<std::chrono::system_clock::time_point>& expires,
                    const std::string& what) {
  if (expires && *expires <= std::chrono::system_clock::now()) {
    throw permanent_error(
        error_code::k_denied,
        fmt::format("{} expired at {}; get new credentials, or correct this machine's clock", what,
                    utc_text(std::chrono::floor<std::chrono::microseconds>(*expires))));
  }
}

} // namespace nightshift::s3
