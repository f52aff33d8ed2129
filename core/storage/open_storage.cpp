// SPDX-License-Identifier: Apache-2.0

#include "core/storage/open_storage.hpp"

#include "core/storage/local/file_uri.hpp"
#include "core/storage/local/local_storage.hpp"
#include "core/storage/manifest/manifest_storage.hpp"
#include "core/storage/manifest/settings.hpp"
#include "core/storage/s3/s3_options.hpp"
#include "core/storage/s3/s3_storage.hpp"

#include <nightshift/error.hpp>
#include <nightshift/parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace nightshift {

namespace {

SourcePosition uri_position(const StorageSettings& settings) {
  const Value* uri = settings.options.find("uri");
  return uri != nullptr ? uri->position() : settings.options.position();
}

void check_local(const StorageSettings& settings, Diagnostics& diagnostics) {
  const Parameters options(settings.options, {{.key = "uri"}}, "a local source", diagnostics);
  if (const auto path = parse_file_uri(settings.uri); !path) {
    diagnostics.error(uri_position(settings), fmt::format("the source's URI {}", path.error()));
  }
}

std::unique_ptr<Storage> open_local(const StorageSettings& settings) {
  return open_local_storage(parse_file_uri(settings.uri).value());
}

void check_manifest(const StorageSettings& settings, Diagnostics& diagnostics) {
  static_cast<void>(manifest::read_settings(settings, diagnostics));
}

std::unique_ptr<Storage> open_manifest(const StorageSettings& settings) {
  Diagnostics none;
  return manifest::open_manifest_storage(manifest::read_settings(settings, none).value());
}

void check_s3(const StorageSettings& settings, Diagnostics& diagnostics) {
  (void)s3::read_s3_settings(settings, diagnostics);
}

std::unique_ptr<Storage> open_s3(const StorageSettings& settings) {
  Diagnostics diagnostics;
  return s3::open_s3_storage(s3::read_s3_settings(settings, diagnostics).value());
}

// A kind of storage; a new one is a row here and a folder beside local/.
struct Backend {
  std::string_view scheme;
  void (*check)(const StorageSettings& settings, Diagnostics& diagnostics);
  std::unique_ptr<Storage> (*open)(const StorageSettings& checked);
};

constexpr std::array k_backends{
    Backend{"file", check_local, open_local}, Backend{"manifest", check_manifest, open_manifest},
    Backend{"s3", check_s3, open_s3}, Backend{"rclone", check_s3, open_s3}};

// What stands before the first ':', or "" if that is no scheme (RFC 3986, section 3.1).
std::string_view scheme_of(std::string_view uri) {
  if (uri.starts_with('/')) {
    return "file";
  }
  const std::size_t end = uri.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789+-.");
  return end != std::string_view::npos && uri[end] == ':' ? uri.substr(0, end) : "";
}

const Backend* find_backend(std::string_view uri) {
  const auto* const found =
      std::find_if(k_backends.begin(), k_backends.end(),
                   [&](const Backend& backend) { return backend.scheme == scheme_of(uri); });
  return found != k_backends.end() ? found : nullptr;
}

// Names no more of the URI than its scheme: the rest may hold a password.
std::string unknown_scheme(std::string_view scheme) {
  std::string message = scheme.empty()
                            ? "the source's URI has no scheme"
                            : fmt::format("the source's URI has an unknown scheme, {}:", scheme);
  message += "; known:";
  for (const Backend& backend : k_backends) {
    message += fmt::format(" {}:", backend.scheme);
  }
  return message + ", or an absolute path";
}

} // namespace

void check_storage(const StorageSettings& settings, Diagnostics& diagnostics) {
  if (const Backend* backend = find_backend(settings.uri)) {
    backend->check(settings, diagnostics);
  } else {
    diagnostics.error(uri_position(settings), unknown_scheme(scheme_of(settings.uri)));
  }
}

std::unique_ptr<Storage> open_storage(const StorageSettings& settings) {
  Diagnostics diagnostics;
  check_storage(settings, diagnostics);
  if (diagnostics.has_errors()) {
    const Diagnostic& first = diagnostics.errors().front();
    throw permanent_error(error_code::k_bad_data,
                          first.hint.empty() ? first.message
                                             : fmt::format("{}; {}", first.message, first.hint));
  }
  return find_backend(settings.uri)->open(settings);
}

} // namespace nightshift
