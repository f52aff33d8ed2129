// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_signer.hpp"

#include "core/base/hash.hpp"
#include "core/storage/source_uri.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace nightshift::s3 {

namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

constexpr const char* k_algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view k_token = "x-amz-security-token";
// SHA-256 of nothing: the body of every request here.
constexpr const char* k_empty_body =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

std::string hexadecimal(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

std::string names_of(const Headers& sorted) {
  std::string names;
  for (const auto& [name, value] : sorted) {
    names.append(names.empty() ? "" : ";").append(name);
  }
  return names;
}

// A session token is in it.
Secret canonical_request(const SignedRequest& request, const Headers& sorted) {
  SecretBytes text;
  const auto add = [&text](std::initializer_list<std::string_view> pieces) {
    for (const std::string_view piece : pieces) {
      text.insert(text.end(), piece.begin(), piece.end());
    }
  };
  add({request.method, "\n", request.path, "\n", request.query, "\n"});
  for (const auto& [name, value] : sorted) {
    add({name, ":", value, "\n"});
  }
  add({"\n", names_of(sorted), "\n", k_empty_body});
  return Secret(std::move(text));
}

Secret hmac(const Secret& key, std::string_view text) {
  std::string digest = hmac_sha256(key.reveal(), text);
  return Secret::taken_from(digest);
}

// "AWS4", then the secret access key.
Secret seed_of(const Credentials& credentials) {
  constexpr std::string_view k_start = "AWS4";
  const std::string_view secret = credentials.secret_access_key.reveal();
  SecretBytes seed(k_start.begin(), k_start.end());
  seed.insert(seed.end(), secret.begin(), secret.end());
  return Secret(std::move(seed));
}

bool is_same(const Secret& a, const Secret& b) {
  return a.reveal() == b.reveal();
}

} // namespace

std::string canonical_query(const Query& query) {
  Query encoded;
  encoded.reserve(query.size());
  for (const auto& [name, value] : query) {
    encoded.emplace_back(percent_encode(name), percent_encode(value));
  }
  std::sort(encoded.begin(), encoded.end());
  std::string text;
  for (const auto& [name, value] : encoded) {
    text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
  }
  return text;
}

std::vector<std::string> S3Signer::sign(const SignedRequest& request,
                                        const Credentials& credentials, std::string_view region,
                                        TimePoint now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  const std::string time = fmt::format("{:%Y%m%dT%H%M%SZ}", second);
  const std::string day = time.substr(0, 8);
  Headers headers(request.headers.begin(), request.headers.end());
  headers.emplace_back("host", request.host);
  headers.emplace_back("x-amz-content-sha256", k_empty_body);
  headers.emplace_back("x-amz-date", time);
  if (!credentials.session_token.empty()) {
    headers.emplace_back(k_token, credentials.session_token.reveal());
  }
  std::sort(headers.begin(), headers.end());
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", k_algorithm, time, scope,
                                          sha256(canonical_request(request, headers).reveal()));
  const Secret key = key_for(credentials, day, region);
  std::vector<std::string> lines;
  lines.reserve(headers.size() + 1);
  for (const auto& [name, value] : headers) {
    if (name != k_token) {
      lines.push_back(fmt::format("{}: {}", name, value));
    }
  }
  lines.push_back(fmt::format("Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={}",
                              k_algorithm, credentials.access_key_id, scope, names_of(headers),
                              hexadecimal(hmac_sha256(key.reveal(), to_sign))));
  return lines;
}

std::vector<Secret> S3Signer::secret_headers(const Credentials& credentials) {
  if (credentials.session_token.empty()) {
    return {};
  }
  constexpr std::string_view k_colon = ": ";
  const std::string_view token = credentials.session_token.reveal();
  SecretBytes line(k_token.begin(), k_token.end());
  line.insert(line.end(), k_colon.begin(), k_colon.end());
  line.insert(line.end(), token.begin(), token.end());
  std::vector<Secret> lines;
  lines.emplace_back(std::move(line));
  return lines;
}

Secret S3Signer::key_for(const Credentials& credentials, const std::string& day,
                         std::string_view region) {
  const std::scoped_lock lock(mutex_);
  std::string scope = fmt::format("{}/{}", day, region);
  if (scope != scope_ || !is_same(of_, credentials.secret_access_key)) {
    const Secret of_region = hmac(hmac(seed_of(credentials), day), region);
    key_ = hmac(hmac(of_region, "s3"), "aws4_request");
    of_ = credentials.secret_access_key;
    scope_ = std::move(scope);
  }
  return key_;
}

} // namespace nightshift::s3
