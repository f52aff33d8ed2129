// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_sources.hpp"

#include "core/config/sections.hpp"
#include "core/config/with_member.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

namespace {

constexpr std::string_view k_max_parallel = "max_parallel";
constexpr std::string_view k_manifest = "manifest";

// What stands before the first ':', as RFC 3986, section 3.1, has it; "" for a plain path.
std::string_view scheme_of(std::string_view uri) {
  const std::size_t end =
      uri.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");
  return end != std::string_view::npos && uri[end] == ':' ? uri.substr(0, end) : "";
}

// Where in a URI of that scheme a path begins that may be relative to the job file; nothing if none
// may.
std::optional<std::size_t> begin_of_path(std::string_view scheme) {
  if (scheme.empty()) {
    return 0;
  }
  return scheme == k_manifest ? std::optional(scheme.size() + 1) : std::nullopt;
}

// A path as it stands in a URI.
std::string for_uri(const std::string& path) {
  std::string text;
  for (const char c : path) {
    text += c == '%' || c == '?' || c == '#' ? fmt::format("%{:02X}", static_cast<unsigned char>(c))
                                             : std::string(1, c);
  }
  return text;
}

// `uri` with its relative path, which begins at `begin`, made absolute.
std::string make_absolute(const std::string& uri, std::size_t begin,
                          const std::filesystem::path& folder) {
  const bool is_plain = begin == 0;
  const std::filesystem::path start = is_plain ? folder.native() : for_uri(folder.native());
  return uri.substr(0, begin) + (start / uri.substr(begin)).lexically_normal().string();
}

// The scheme of an entry's URI; nothing if there is none that can be used, which is reported.
std::optional<std::string> find_scheme(const Value& uri, Diagnostics& diagnostics) {
  const std::string scheme(scheme_of(*uri.as<std::string>()));
  const std::vector<std::string> known = source_schemes();
  if (!scheme.empty() && std::find(known.begin(), known.end(), scheme) == known.end()) {
    // The rest of the URI may hold a password.
    diagnostics.error(uri.position(),
                      fmt::format("there is no storage for {}",
                                  uri.unresolved().empty() ? scheme + ":" : shown(uri)),
                      fmt::format("known: {}:, or a path", fmt::join(known, ":, ")));
    return std::nullopt;
  }
  return scheme;
}

// Whether an entry holds a key that other tools keep secrets in, which is reported.
bool holds_credentials(const Value& entry, Diagnostics& diagnostics) {
  for (const char* key : {"access_key_id", "secret_access_key", "session_token"}) {
    if (const Value* value = entry.find(key)) {
      diagnostics.error(value->position(),
                        fmt::format("\"{}\" cannot stand in a job file, which others read", key),
                        "name a profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
      return true;
    }
  }
  return false;
}

std::optional<SourceDefinition> read_source(const Value::Member& member,
                                            const LoadedJobFile& loaded, Diagnostics& diagnostics) {
  const Value& entry = member.value;
  const Value* uri = entry.find("uri");
  const auto* text = uri != nullptr ? uri->as<std::string>() : nullptr;
  std::string scheme;
  if (text != nullptr) {
    auto found = find_scheme(*uri, diagnostics);
    if (!found) {
      return std::nullopt;
    }
    scheme = *std::move(found);
  }
  if (holds_credentials(entry, diagnostics)) {
    return std::nullopt;
  }
  const Section section = source_section(scheme);
  const std::size_t mistakes = diagnostics.errors().size();
  check_parameters(entry, section.keys, section.what, diagnostics);
  if (diagnostics.errors().size() > mistakes || text == nullptr) {
    return std::nullopt;
  }
  SourceDefinition source{member.key, *text, without_member(entry, k_max_parallel),
                          member.position};
  if (const Value* most = entry.find(k_max_parallel)) {
    source.max_parallel = static_cast<int>(*most->as<std::int64_t>());
  }
  const auto path = begin_of_path(scheme);
  if (!path || std::string_view(*text).substr(*path).starts_with('/')) {
    return source;
  }
  if (!uri->unresolved().empty()) {
    diagnostics.error(uri->position(), "a path that holds ${…} must come to an absolute one");
    return std::nullopt;
  }
  const auto file = static_cast<std::size_t>(uri->position().file);
  source.uri = make_absolute(*text, *path, folder_of_file(loaded.texts[file]));
  source.options = with_member(source.options, "uri", Value(source.uri, uri->position()));
  return source;
}

} // namespace

std::vector<SourceDefinition> read_sources(const LoadedJobFile& loaded, Diagnostics& diagnostics) {
  std::vector<SourceDefinition> sources;
  const Value* section = loaded.root.find("sources");
  const auto* map = section != nullptr ? section->as<Value::Map>() : nullptr;
  if (map == nullptr) {
    return sources;
  }
  for (const Value::Member& member : *map) {
    if (auto source = read_source(member, loaded, diagnostics)) {
      sources.push_back(*std::move(source));
    }
  }
  return sources;
}

} // namespace nightshift
