// SPDX-License-Identifier: Apache-2.0
//
// Signature Version 4 for requests without a body. Source: "Authenticating Requests: Using the
// Authorization Header (AWS Signature Version 4)", Amazon S3 API Reference.

#pragma once

#include "core/base/time.hpp"
#include "core/storage/s3/credentials.hpp"

#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::s3 {

// Names and values, neither encoded.
using Query = std::vector<std::pair<std::string, std::string>>;

// "a=1&b=": encoded, then sorted by name and by value.
[[nodiscard]] std::string canonical_query(const Query& query);

struct SignedRequest {
  std::string method = "GET";
  std::string host;  // as the Host header has it
  std::string path;  // encoded, begins with '/'
  std::string query; // as `canonical_query` gives it
  // Further headers that are to be signed; names in lower case.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

// Keeps the key that is derived for a day and a region. Any thread.
class S3Signer {
 public:
  // The headers to send, "name: value": those of the request and the signature's own, but for
  // `secret_headers`, which are signed too.
  [[nodiscard]] std::vector<std::string> sign(const SignedRequest& request,
                                              const Credentials& credentials,
                                              std::string_view region, TimePoint now);

  // The session token's, if there is one.
  [[nodiscard]] static std::vector<Secret> secret_headers(const Credentials& credentials);

 private:
  [[nodiscard]] Secret key_for(const Credentials& credentials, const std::string& day,
                               std::string_view region);

  std::mutex mutex_;  // of what follows
  std::string scope_; // what the key is for: the day, the region, and whose it is
  Secret of_;
  Secret key_;
};

} // namespace nightshift::s3
