// SPDX-License-Identifier: Apache-2.0

#include "core/storage/open_storage.hpp"

#include "core/storage/local/file_uri.hpp"
#include "core/storage/local/local_storage.hpp"
#include "core/storage/manifest/manifest_storage.hpp"
#include "core/storage/manifest/settings.hpp"
#include "core/storage/s3/s3_examination.hpp"
#include "core/storage/s3/s3_options.hpp"
#include "core/storage/s3/s3_storage.hpp"

#include <nightshift/error.hpp>
#include <nightshift/parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
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

StorageExamination examine_s3(const StorageSettings& settings, const std::stop_token& stop) {
  Diagnostics diagnostics;
  return s3::examine_s3_storage(s3::read_s3_settings(settings, diagnostics).value(), stop);
}

// A kind of storage; a new one is a row here and a folder beside local/.
struct Backend {
  std::string_view scheme;
  void (*check)(const StorageSettings& settings, Diagnostics& diagnostics);
  std::unique_ptr<Storage> (*open)(const StorageSettings& checked);
  // Nothing: it is opened, and that is all there is to it.
  StorageExamination (*examine)(const StorageSettings& checked,
                                const std::stop_token& stop) = nullptr;
};

constexpr std::array k_backends{
    Backend{"file", check_local, open_local}, Backend{"manifest", check_manifest, open_manifest},
    Backend{"s3", check_s3, open_s3, examine_s3}, Backend{"rclone", check_s3, open_s3, examine_s3}};

StorageExamination examine_by_opening(const Backend& backend, const StorageSettings& settings) {
  StorageExamination examination;
  const auto began = std::chrono::steady_clock::now();
  try {
    const auto storage = backend.open(settings);
    examination.latency = std::chrono::steady_clock::now() - began;
    examination.done.push_back({"source", storage->describe() + " is there and may be read"});
  } catch (const JobError& error) {
    examination.failed = "source";
    examination.error = error;
  }
  return examination;
}

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

// Throws `bad_data` for what is wrong with the settings.
const Backend& checked_backend(const StorageSettings& settings) {
  Diagnostics diagnostics;
  check_storage(settings, diagnostics);
  if (diagnostics.has_errors()) {
    const Diagnostic& first = diagnostics.errors().front();
    throw permanent_error(error_code::k_bad_data,
                          first.hint.empty() ? first.message
                                             : fmt::format("{}; {}", first.message, first.hint));
  }
  return *find_backend(settings.uri);
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
  return checked_backend(settings).open(settings);
}

StorageExamination examine_storage(const StorageSettings& settings, const std::stop_token& stop) {
  try {
    const Backend& backend = checked_backend(settings);
    return backend.examine != nullptr ? backend.examine(settings, stop)
                                      : examine_by_opening(backend, settings);
  } catch (const JobError& error) {
    if (error.error_class() == ErrorClass::cancelled) {
      throw;
    }
    StorageExamination examination;
    examination.failed = "settings";
    examination.error = error;
    return examination;
  }
}

} // namespace nightshift
