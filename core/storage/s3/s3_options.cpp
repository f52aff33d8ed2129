// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_options.hpp"

#include "core/base/http.hpp"

#include <nightshift/key.hpp>
#include <nightshift/parameters.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::s3 {

namespace {

constexpr std::string_view k_s3 = "s3://";
constexpr std::string_view k_rclone = "rclone:";

// Types, bounds and defaults; what each is for is said where job files are read.
std::vector<ParameterSpec> option_specs() {
  using enum ParameterType;
  return {
      {.key = "uri"},
      {.key = "endpoint_url"},
      {.key = "region"},
      {.key = "profile"},
      {.key = "anonymous", .type = boolean, .fallback = false},
      {.key = "addressing", .fallback = "auto", .choices = {"auto", "path", "virtual"}},
      {.key = "list_version", .fallback = "auto", .choices = {"auto", "v1", "v2"}},
      {.key = "url_encoding", .type = boolean, .fallback = true},
      {.key = "ca_bundle"},
      {.key = "requester_pays", .type = boolean, .fallback = false},
      {.key = "max_connections", .type = integer, .fallback = 8, .minimum = 1, .maximum = 256},
      {.key = "max_requests_per_second", .type = number, .fallback = 0, .minimum = 0},
      {.key = "max_bytes_per_second", .type = number, .fallback = 0, .minimum = 0},
      {.key = "request_timeout", .type = duration, .fallback = "60s", .minimum = 1},
      {.key = "request_attempts", .type = integer, .fallback = 5, .minimum = 1, .maximum = 100},
  };
}

struct BucketPlace {
  std::string remote; // of rclone's
  std::string bucket;
  std::string prefix;
};

bool is_bucket(std::string_view name) {
  // More than Amazon allows: Ceph has tenants ("tenant:bucket"), old buckets have capitals.
  return !name.empty() && name.size() <= 255 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "._:-") == std::string_view::npos;
}

// Of "bucket/a/prefix".
std::optional<BucketPlace> read_path(std::string remote, std::string_view path) {
  const std::string_view bucket = path.substr(0, path.find('/'));
  if (!is_bucket(bucket)) {
    return std::nullopt;
  }
  return BucketPlace{std::move(remote), std::string(bucket),
                     join_prefix(path.substr(bucket.size()), "")};
}

std::optional<BucketPlace> read_uri(std::string_view uri) {
  if (uri.starts_with(k_s3)) {
    return read_path("", uri.substr(k_s3.size()));
  }
  if (uri.starts_with(k_rclone)) {
    uri.remove_prefix(k_rclone.size());
    const std::size_t colon = uri.find(':');
    if (colon != std::string_view::npos && colon != 0) {
      return read_path(std::string(uri.substr(0, colon)), uri.substr(colon + 1));
    }
  }
  return std::nullopt;
}

// "https://host:8443", perhaps with a '/' at its end: no path, and nobody's password.
bool is_endpoint(const std::string& url) {
  const std::size_t host = url.find("://");
  return http_origin(url).has_value() && url.find_first_of("@?#", host) == std::string::npos &&
         url.find('/', host + 3) >= url.size() - 1;
}

SourcePosition position_of(const StorageSettings& settings, std::string_view key) {
  const Value* value = settings.options.find(key);
  return value != nullptr ? value->position() : settings.options.position();
}

std::string without_slash(std::string url) {
  if (url.ends_with('/')) {
    url.pop_back();
  }
  return url;
}

Addressing addressing_of(const std::string& text) {
  return text == "path"      ? Addressing::path
         : text == "virtual" ? Addressing::virtual_host
                             : Addressing::automatic;
}

ListVersion list_version_of(const std::string& text) {
  return text == "v1" ? ListVersion::v1 : text == "v2" ? ListVersion::v2 : ListVersion::automatic;
}

} // namespace

std::optional<S3Settings> read_s3_settings(const StorageSettings& settings,
                                           Diagnostics& diagnostics) {
  const std::size_t mistakes = diagnostics.errors().size();
  const Parameters options(settings.options, option_specs(), "a source in an object store",
                           diagnostics);
  const auto place = read_uri(settings.uri);
  if (!place) {
    diagnostics.error(position_of(settings, "uri"), "the source's URI names no bucket",
                      "write s3://bucket/prefix, or rclone:REMOTE:bucket/prefix");
  }
  if (diagnostics.errors().size() != mistakes) {
    return std::nullopt;
  }
  const std::string endpoint_url = options.text("endpoint_url");
  if (!endpoint_url.empty() && !is_endpoint(endpoint_url)) {
    diagnostics.error(position_of(settings, "endpoint_url"),
                      "the endpoint is no URL of a scheme, a host and perhaps a port",
                      "write it as https://s3.example.org:8443");
  }
  const std::filesystem::path ca_bundle = options.text("ca_bundle");
  if (ca_bundle.is_relative() && !ca_bundle.empty()) {
    diagnostics.error(position_of(settings, "ca_bundle"), "the ca_bundle is no absolute path");
  }
  if (diagnostics.errors().size() != mistakes) {
    return std::nullopt;
  }
  S3Settings s3{place->bucket, place->prefix};
  s3.rclone_remote = place->remote;
  s3.endpoint_url = without_slash(endpoint_url);
  s3.region = options.text("region");
  s3.profile = options.text("profile");
  s3.anonymous = options.boolean("anonymous");
  s3.addressing = addressing_of(options.text("addressing"));
  s3.list_version = list_version_of(options.text("list_version"));
  s3.url_encoding = options.boolean("url_encoding");
  s3.ca_bundle = ca_bundle;
  s3.requester_pays = options.boolean("requester_pays");
  s3.max_connections = static_cast<int>(options.integer("max_connections"));
  s3.max_requests_per_second = options.number("max_requests_per_second");
  s3.max_bytes_per_second = options.number("max_bytes_per_second");
  s3.request_timeout = options.duration("request_timeout");
  s3.request_attempts = static_cast<int>(options.integer("request_attempts"));
  return s3;
}

} // namespace nightshift::s3
