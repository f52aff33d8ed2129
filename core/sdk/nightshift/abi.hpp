// SPDX-License-Identifier: Apache-2.0
//
// What host and plugin must agree on before either may touch the other. A plugin exports one data
// symbol, the descriptor, and carries the same facts as an ELF note, the manifest, which the host
// reads from the file before it loads anything.

#pragma once

#include <cstddef>
#include <cstdint>
#include <version>

// fmt appears in inline code of the SDK, so its version is part of the fingerprint.
#include <fmt/core.h>

// Raised whenever a virtual function, a data member or the meaning of a call changes in any header
// of the SDK.
//   2: Storage::identity
//   3: Skip::repeated, MergeCounts::repeated
//   4: ListQuery::known, FolderPart::version, Merge::pass_over, Counter::passed_over
#define NIGHTSHIFT_INTERFACE_VERSION 4

#define NIGHTSHIFT_EXPORT __attribute__((visibility("default")))

#if !defined(__GLIBCXX__)
#error "a Nightshift plugin shares C++ objects with its host: build it with GNU libstdc++"
#endif

#if defined(__has_feature)
#define NIGHTSHIFT_DETAIL_HAS_FEATURE(x) __has_feature(x)
#else
#define NIGHTSHIFT_DETAIL_HAS_FEATURE(x) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || NIGHTSHIFT_DETAIL_HAS_FEATURE(address_sanitizer)
#define NIGHTSHIFT_DETAIL_SANITIZER "address"
#elif defined(__SANITIZE_THREAD__) || NIGHTSHIFT_DETAIL_HAS_FEATURE(thread_sanitizer)
#define NIGHTSHIFT_DETAIL_SANITIZER "thread"
#else
#define NIGHTSHIFT_DETAIL_SANITIZER "none"
#endif

#if defined(_GLIBCXX_DEBUG)
#define NIGHTSHIFT_DETAIL_STL "debug"
#else
#define NIGHTSHIFT_DETAIL_STL "plain"
#endif

#define NIGHTSHIFT_DETAIL_TEXT_OF(x) #x
#define NIGHTSHIFT_DETAIL_TEXT(x) NIGHTSHIFT_DETAIL_TEXT_OF(x)

// All that changes the layout or the identity of a type that crosses the border. The compiler's
// name is left out: GCC and Clang over one libstdc++ agree on the rest (measured).
// clang-format off
#define NIGHTSHIFT_FINGERPRINT                                             \
  "libstdc++-" NIGHTSHIFT_DETAIL_TEXT(_GLIBCXX_RELEASE)                    \
  ";cxx11abi-" NIGHTSHIFT_DETAIL_TEXT(_GLIBCXX_USE_CXX11_ABI)              \
  ";stl-" NIGHTSHIFT_DETAIL_STL                                            \
  ";std-" NIGHTSHIFT_DETAIL_TEXT(__cplusplus)                              \
  ";fmt-" NIGHTSHIFT_DETAIL_TEXT(FMT_VERSION)                              \
  ";san-" NIGHTSHIFT_DETAIL_SANITIZER

// clang-format on

namespace nightshift {

class JobTypeRegistry;

// Plain C layout. The host checks the first three members before it reads or calls the others.
struct PluginDescriptor {
  std::uint32_t struct_size;
  std::uint32_t interface_version;
  const char* fingerprint;
  const char* name;
  const char* version;
  void (*register_job_types)(JobTypeRegistry& registry);
};

inline constexpr const char* k_descriptor_symbol = "nightshift_plugin_descriptor";
inline constexpr const char* k_manifest_section = ".note.nightshift.plugin";
inline constexpr const char* k_manifest_owner = "Nightshift"; // the ELF note's owner name
inline constexpr std::uint32_t k_manifest_note_type = 0x4E530001;

} // namespace nightshift
