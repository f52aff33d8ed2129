// SPDX-License-Identifier: Apache-2.0
//
// A place that lists and opens objects: a local tree, a store, a manifest, or memory in tests.
// Whoever implements this passes tests/conformance/storage_conformance.hpp.

#pragma once

#include <nightshift/executor.hpp>
#include <nightshift/function_ref.hpp>
#include <nightshift/object.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

namespace nightshift {

// Says why an object is not wanted, or nothing if it is; asked before an object is examined, so
// that what is not wanted costs no system call. Called from several threads at once.
using ObjectFilter =
    FunctionRef<std::optional<Skip>(std::string_view folder, std::string_view name)>;

// Takes a folder part. Called from several threads at once; blocking in it holds the listing back,
// which is what bounds memory. An exception from it ends the listing and comes out of `list`.
using FolderSink = FunctionRef<void(FolderPart&& part)>;

struct ListQuery {
  std::string prefix; // "" or ends with '/'
  ObjectFilter filter;
};

// Safe to use from several threads at once. Errors are `JobError`s.
class Storage {
 public:
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  // Hand every folder under `query.prefix` that holds an object to `sink`, in parts, in any order
  // of folders; a folder's own parts come one after another. Objects are reported exactly once if
  // `list` returns, at most once if it throws. Returns only when the whole prefix was listed, but
  // for what parts say is partial or unreadable. Entries that vanish meanwhile are left out.
  //
  // Throws `not_found` if the prefix itself does not exist where that can be told (a folder does, a
  // prefix in an object store does not), `denied` if it may not be listed, cancelled on `stop`.
  virtual void list(const ListQuery& query, FolderSink sink, Executor& executor,
                    std::stop_token stop) = 0;

  // Read up to `to.size()` bytes of the object at `key` from `offset` on; fewer only at its end.
  // Throws `not_found` if it is not there.
  [[nodiscard]] virtual std::size_t read(std::string_view key, std::uint64_t offset,
                                         std::span<std::byte> to) = 0;

  // The URI of the root, for people. No secrets.
  [[nodiscard]] virtual std::string describe() const = 0;

 protected:
  Storage() = default;
};

} // namespace nightshift
