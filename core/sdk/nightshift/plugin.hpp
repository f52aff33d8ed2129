// SPDX-License-Identifier: Apache-2.0
//
// The one header a plugin includes. One of its source files says
//
//   NIGHTSHIFT_PLUGIN(MyJobType, MyOtherJobType)
//
// outside any namespace, where each is a `JobType` with a default constructor and a
// `static constexpr std::string_view k_key`. nightshift_add_plugin() of the CMake package gives the
// plugin its name and version.
//
// For plugin authors: no global objects with constructors (an exception there ends the program), no
// detached threads, no exit(), setlocale(), chdir(), umask() or signal handlers, no pointer into
// the context after run().

#pragma once

#include <nightshift/abi.hpp>
#include <nightshift/job_type.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#if !defined(NIGHTSHIFT_PLUGIN_NAME) || !defined(NIGHTSHIFT_PLUGIN_VERSION)
#error "build this plugin with nightshift_add_plugin(), which gives it a name and a version"
#endif

namespace nightshift::detail {

inline constexpr std::string_view k_manifest_head =
    R"({"manifest":1,"interface":)" NIGHTSHIFT_DETAIL_TEXT(
        NIGHTSHIFT_INTERFACE_VERSION) R"(,"fingerprint":")" NIGHTSHIFT_FINGERPRINT
                                      R"(","name":")" NIGHTSHIFT_PLUGIN_NAME
                                      R"(","version":")" NIGHTSHIFT_PLUGIN_VERSION
                                      R"(","job_types":[)";

// Hands the manifest to `out` piece by piece.
template <class... JobTypes, class Out>
constexpr void write_manifest(Out&& out) {
  out(k_manifest_head);
  std::string_view separator = "\"";
  ((out(separator), out(JobTypes::k_key), out("\""), separator = ",\""), ...);
  out("]}");
}

template <class... JobTypes>
constexpr std::size_t manifest_size() {
  std::size_t size = 0;
  write_manifest<JobTypes...>([&size](std::string_view piece) { size += piece.size(); });
  return size;
}

// An ELF note as the gABI lays it out: three words, then owner and content, each filled up to a
// multiple of four bytes.
template <std::size_t Size>
struct ManifestNote {
  std::uint32_t owner_size = 11; // "Nightshift" and its zero
  std::uint32_t content_size = Size;
  std::uint32_t type = k_manifest_note_type;
  std::array<char, 12> owner{'N', 'i', 'g', 'h', 't', 's', 'h', 'i', 'f', 't'};
  std::array<char, (Size + 3) / 4 * 4> content{};
};

template <class... JobTypes>
constexpr auto make_manifest_note() {
  ManifestNote<manifest_size<JobTypes...>()> note;
  std::size_t at = 0;
  write_manifest<JobTypes...>([&](std::string_view piece) {
    for (const char c : piece) {
      note.content[at++] = c;
    }
  });
  return note;
}

template <class... JobTypes>
void register_job_types(JobTypeRegistry& registry) {
  (registry.add(std::make_unique<JobTypes>()), ...);
}

} // namespace nightshift::detail

#define NIGHTSHIFT_PLUGIN(...)                                                                     \
  namespace {                                                                                      \
  [[gnu::used,                                                                                     \
    gnu::section(".note.nightshift.plugin")]] alignas(4) constexpr auto nightshift_plugin_note =   \
      ::nightshift::detail::make_manifest_note<__VA_ARGS__>();                                     \
  }                                                                                                \
  extern "C" NIGHTSHIFT_EXPORT const ::nightshift::PluginDescriptor nightshift_plugin_descriptor;  \
  extern "C" const ::nightshift::PluginDescriptor nightshift_plugin_descriptor{                    \
      sizeof(::nightshift::PluginDescriptor),                                                      \
      NIGHTSHIFT_INTERFACE_VERSION,                                                                \
      NIGHTSHIFT_FINGERPRINT,                                                                      \
      NIGHTSHIFT_PLUGIN_NAME,                                                                      \
      NIGHTSHIFT_PLUGIN_VERSION,                                                                   \
      &::nightshift::detail::register_job_types<__VA_ARGS__>};
