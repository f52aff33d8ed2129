// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_endpoint.hpp"

#include "core/storage/source_uri.hpp"

#include <fmt/format.h>

namespace nightshift::s3 {

namespace {

// A certificate for *.host covers no bucket with a dot; an endpoint of one's own need not know
// buckets as hosts at all.
bool is_in_host(const S3Settings& settings, const Access& access) {
  switch (access.addressing) {
  case Addressing::path:
    return false;
  case Addressing::virtual_host:
    return true;
  case Addressing::automatic:
    break;
  }
  return access.endpoint_url.empty() && settings.bucket.find('.') == std::string::npos;
}

// Source: "Amazon S3 endpoints", AWS General Reference; China's are apart.
std::string amazon(std::string_view region) {
  return fmt::format("https://s3.{}.amazonaws.com{}", region,
                     region.starts_with("cn-") ? ".cn" : "");
}

// A port that goes without saying is not in the Host header, which is signed.
std::string_view without_default_port(std::string_view scheme, std::string_view host) {
  const std::string_view port = scheme == "https" ? ":443" : ":80";
  return host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

} // namespace

std::string Endpoint::path_of(std::string_view key) const {
  if (key.empty()) {
    return path.empty() ? "/" : path;
  }
  return path + '/' + percent_encode_path(key);
}

// Amazon's regions share the names of buckets, but for China's.
std::string store_of(const Access& access) {
  return !access.endpoint_url.empty()       ? access.endpoint_url
         : access.region.starts_with("cn-") ? "https://s3.amazonaws.com.cn"
                                            : "https://s3.amazonaws.com";
}

Endpoint endpoint_of(const S3Settings& settings, const Access& access, std::string_view region) {
  const std::string url = access.endpoint_url.empty() ? amazon(region) : access.endpoint_url;
  const std::size_t border = url.find("://");
  const std::string_view scheme = std::string_view(url).substr(0, border);
  const std::string_view host =
      without_default_port(scheme, std::string_view(url).substr(border + 3));
  Endpoint endpoint;
  if (is_in_host(settings, access)) {
    endpoint.host = fmt::format("{}.{}", settings.bucket, host);
  } else {
    endpoint.host = host;
    endpoint.path = "/" + percent_encode(settings.bucket);
  }
  endpoint.server = fmt::format("{}://{}", scheme, endpoint.host);
  return endpoint;
}

} // namespace nightshift::s3
