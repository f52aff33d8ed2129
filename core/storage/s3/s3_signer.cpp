// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_signer.hpp"

#include "core/base/hash.hpp"
#include "core/storage/source_uri.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace nightshift::s3 {

namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr const char* k_algorithm = "AWS4-HMAC-SHA256";
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
    names += (names.empty() ? "" : ";") + name;
  }
  return names;
}

std::string canonical_request(const SignedRequest& request, const Headers& sorted) {
  std::string text = fmt::format("{}\n{}\n{}\n", request.method, request.path, request.query);
  for (const auto& [name, value] : sorted) {
    text += fmt::format("{}:{}\n", name, value);
  }
  return text + fmt::format("\n{}\n{}", names_of(sorted), k_empty_body);
}

bool is_same(const Secret& a, const Secret& b) {
  return a.reveal() == b.reveal();
}

// The next key of the chain; nothing of it is left elsewhere.
Secret derived(const Secret& key, std::string_view text) {
  std::string digest = hmac_sha256(key.reveal(), text);
  return Secret::taken_from(digest);
}

Secret seed_of(const Secret& key) {
  constexpr std::string_view k_version = "AWS4";
  const std::string_view text = key.reveal();
  SecretBytes seed(k_version.begin(), k_version.end());
  seed.insert(seed.end(), text.begin(), text.end());
  return Secret(std::move(seed));
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
  Headers headers = request.headers;
  headers.emplace_back("host", request.host);
  headers.emplace_back("x-amz-content-sha256", k_empty_body);
  headers.emplace_back("x-amz-date", time);
  if (!credentials.session_token.empty()) {
    headers.emplace_back("x-amz-security-token", credentials.session_token.reveal());
  }
  std::sort(headers.begin(), headers.end());
  const std::string scope = fmt::format("{}/{}/s3/aws4_request", day, region);
  const std::string to_sign = fmt::format("{}\n{}\n{}\n{}", k_algorithm, time, scope,
                                          sha256(canonical_request(request, headers)));
  const Secret key = key_for(credentials, day, region);
  std::vector<std::string> lines;
  lines.reserve(headers.size() + 1);
  for (const auto& [name, value] : headers) {
    lines.push_back(fmt::format("{}: {}", name, value));
  }
  lines.push_back(fmt::format("Authorization: {} Credential={}/{}, SignedHeaders={}, Signature={}",
                              k_algorithm, credentials.access_key_id, scope, names_of(headers),
                              hexadecimal(hmac_sha256(key.reveal(), to_sign))));
  return lines;
}

Secret S3Signer::key_for(const Credentials& credentials, const std::string& day,
                         std::string_view region) {
  const std::scoped_lock lock(mutex_);
  std::string scope = fmt::format("{}/{}", day, region);
  if (scope != scope_ || !is_same(of_, credentials.secret_access_key)) {
    const Secret of_day = derived(seed_of(credentials.secret_access_key), day);
    const Secret of_region = derived(of_day, region);
    const Secret of_service = derived(of_region, "s3");
    key_ = derived(of_service, "aws4_request");
    of_ = credentials.secret_access_key;
    scope_ = std::move(scope);
  }
  return key_;
}

} // namespace nightshift::s3
