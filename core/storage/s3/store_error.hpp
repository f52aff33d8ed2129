// SPDX-License-Identifier: Apache-2.0
//
// What a store answers instead of what it was asked for, as a sentence that says what to check.

#pragma once

#include "core/base/http_connection.hpp"
#include "core/base/time.hpp"
#include "core/storage/s3/credentials.hpp"

#include <nightshift/error.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace nightshift::s3 {

// What an answer says of itself; "" for what it does not say.
struct StoreComplaint {
  int status = 0;
  std::string code;     // "SignatureDoesNotMatch"
  std::string message;  // the store's words, in one line
  std::string argument; // of the request, that it does not like
  std::string region;   // that the request should have been signed for
  bool is_web_page = false;
};

// Whether the body of an answer, whatever its status, is an <Error>.
[[nodiscard]] bool is_complaint(std::string_view body) noexcept;

[[nodiscard]] StoreComplaint read_complaint(const HttpAnswer& answer);

// What the request was about.
struct AskedOf {
  std::string server; // "https://s3.example.org"
  std::string bucket;
  std::string key; // of an object, printable; "" for a listing
  const Access* access = nullptr;
};

// Transient where the same request may well succeed a little later; else permanent: `denied`,
// `not_found`, `config`, `unsupported` or `unavailable`. Shows none of the access's secrets, of its
// key id the first four characters, and of the store's words only those that hold neither.
[[nodiscard]] JobError error_of(const StoreComplaint& complaint, const AskedOf& asked,
                                std::optional<std::chrono::milliseconds> retry_after);

// The value of a Retry-After header: seconds, or a date.
[[nodiscard]] std::optional<std::chrono::milliseconds> retry_after_of(const HttpAnswer& answer,
                                                                      TimePoint now);

// The value of a Date header: "Tue, 14 Jan 2025 21:48:29 GMT".
[[nodiscard]] std::optional<TimePoint> parse_http_date(std::string_view text);

// Whether the store asks for fewer requests.
[[nodiscard]] bool asks_to_slow_down(const StoreComplaint& complaint) noexcept;

// Whether the request's session token is no longer valid.
[[nodiscard]] bool is_expired(const StoreComplaint& complaint) noexcept;

} // namespace nightshift::s3
