// SPDX-License-Identifier: Apache-2.0

#include "tests/support/fake_object_store.hpp"

#include "core/storage/s3/s3_signer.hpp"
#include "core/storage/s3/s3_storage.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <stop_token>

namespace nightshift::tests {
namespace {

using Answer = ScriptedServer::Answer;
using Request = ScriptedServer::Request;

constexpr std::string_view k_bucket = "/captures";
constexpr const char* k_region = "eu-west-1";

s3::Credentials owner() {
  return {"AKIAOWNER", Secret("owner/secret+key"), Secret("owner/token==")};
}

Answer error(int status, const char* code) {
  return {status, fmt::format("<Error><Code>{}</Code></Error>", code)};
}

std::string path_of(const Request& request) {
  return request.target.substr(0, request.target.find('?'));
}

std::string decoded(const std::string& text) {
  return query_value("?text=" + text, "text").value_or("");
}

// The query as a store sees it: names and values, in whatever order and encoding they came.
s3::Query query_of(const Request& request) {
  s3::Query query;
  const std::size_t begin = request.target.find('?');
  std::string_view rest =
      std::string_view(request.target).substr(std::min(begin, request.target.size()));
  while (!rest.empty()) {
    rest.remove_prefix(1); // '?' or '&'
    const std::string_view pair = rest.substr(0, rest.find('&'));
    const std::string name(pair.substr(0, pair.find('=')));
    query.emplace_back(name, query_value(fmt::format("?{}", pair), name).value_or(""));
    rest.remove_prefix(pair.size());
  }
  return query;
}

// "20250114T214829Z"
TimePoint time_of(const std::string& text) {
  return parse_utc(fmt::format("{}-{}-{}T{}:{}:{}.000000Z", text.substr(0, 4), text.substr(4, 2),
                               text.substr(6, 2), text.substr(9, 2), text.substr(11, 2),
                               text.substr(13, 2)))
      .value_or(TimePoint());
}

bool is_signed_by_owner(const Request& request) {
  const std::string given = request.header("authorization");
  s3::SignedRequest arrived{request.method, request.header("host"), path_of(request),
                            s3::canonical_query(query_of(request))};
  if (!request.header("range").empty()) {
    arrived.headers.emplace_back("range", request.header("range"));
  }
  const auto headers =
      s3::S3Signer().sign(arrived, owner(), k_region, time_of(request.header("x-amz-date")));
  return headers.back() == "Authorization: " + given;
}

s3::PageRequest page_request(const Request& request, bool v1) {
  const auto value = [&](const char* name) {
    return query_value(request.target, name).value_or("");
  };
  return {value("prefix"), value("delimiter"), value(v1 ? "marker" : "start-after"),
          value("continuation-token"), std::stoi(value("max-keys"))};
}

} // namespace

FakeObjectStore::FakeObjectStore(const StoreDialect& dialect)
    : dialect_(dialect),
      pages_(dialect),
      server_([this](const Request& request) { return answer(request); }) {}

void FakeObjectStore::put(const std::string& key, const std::string& content,
                          std::int64_t last_modified) {
  const std::chrono::sys_time<std::chrono::nanoseconds> time{
      std::chrono::nanoseconds{last_modified}};
  const auto second = std::chrono::floor<std::chrono::seconds>(time);
  const std::string fraction = dialect_.has_fractions
                                   ? std::string() // the dialect's own
                                   : fmt::format(".{:09}", (time - second).count());
  const std::scoped_lock lock(mutex_);
  contents_[key] = content;
  pages_.put(key, {static_cast<std::int64_t>(content.size()),
                   fmt::format("{:%Y-%m-%dT%H:%M:%S}{}", second, fraction)});
}

s3::Access FakeObjectStore::access() const {
  s3::Access access;
  access.credentials = owner();
  access.endpoint_url = server_.url();
  access.region = k_region;
  return access;
}

std::unique_ptr<Storage> FakeObjectStore::open(const std::string& prefix, PartLimits limits) const {
  s3::S3Settings settings{"captures", prefix};
  settings.request_attempts = 1;
  return s3::make_s3_storage(
      std::make_unique<s3::S3Client>(settings, [this](const std::stop_token&) { return access(); }),
      limits);
}

Answer FakeObjectStore::answer(const Request& request) {
  if (!is_signed_by_owner(request)) {
    return error(403, "SignatureDoesNotMatch");
  }
  const std::string path = path_of(request);
  const std::scoped_lock lock(mutex_);
  return path == k_bucket ? list(request)
                          : get(decoded(path.substr(k_bucket.size() + 1)), request.header("range"));
}

Answer FakeObjectStore::list(const Request& request) {
  if (dialect_.is_v1 && !dialect_.ignores_list_type && query_value(request.target, "list-type")) {
    return error(501, "NotImplemented");
  }
  return {200, pages_.answer(page_request(request, dialect_.is_v1))};
}

Answer FakeObjectStore::get(const std::string& key, const std::string& range) {
  const auto found = contents_.find(key);
  if (found == contents_.end()) {
    return error(404, "NoSuchKey");
  }
  const std::string& content = found->second;
  std::size_t first = 0;
  std::size_t last = 0;
  if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) != 2) {
    return {200, content};
  }
  if (first >= content.size()) {
    return error(416, "InvalidRange");
  }
  return {206,
          content.substr(first, last - first + 1),
          {fmt::format("Content-Range: bytes {}-{}/{}", first, std::min(last, content.size() - 1),
                       content.size())}};
}

} // namespace nightshift::tests
