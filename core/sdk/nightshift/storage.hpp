// SPDX-License-Identifier: Apache-2.0
//
// A place that lists and opens objects: a local tree, a store, a manifest, or memory in tests.
// Whoever implements this passes tests/conformance/storage_conformance.hpp.

#pragma once

#include <nightshift/executor.hpp>
#include <nightshift/function_ref.hpp>
#include <nightshift/key_range.hpp>
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

// Told that every object whose key lies in `range` was handed to the sink, but for the objects of
// folders that one of its ends lies in, of which parts may be yet to come. A range grows: it is
// told again with the same `after` and a later `until`. Ranges never overlap, with one another or
// with those of the query that are proven. One call at a time, from any thread, after the sink has
// returned for all it speaks of.
using RangeSink = FunctionRef<void(const KeyRange& range)>;

// Lets a listing pass over folders that are known, where a storage can tell without reading them
// whether an object of theirs came, went or was renamed, as a file system can. Objects that were
// written to in place are then missed: it is for who asked for that.
struct KnownFolders {
  // Whether the folder's objects are known, its version being this (`FolderPart`). If so, nothing
  // of it is handed over. Called from several threads at once, before the folder is read.
  FunctionRef<bool(std::string_view folder, std::int64_t version)> is_known;
  // A version is told only of a folder without subfolders, in which something may change, without
  // empty objects, as are yet to be written, and in which nothing was changed at this time or
  // later, in nanoseconds since 1970-01-01T00:00:00Z.
  std::int64_t settled_before = 0;
};

struct ListQuery {
  std::string prefix; // "" or ends with '/'
  ObjectFilter filter;
  // What a listing that was cut short has told as proven, ascending and disjoint: it need not be
  // listed again, but for the own objects of the folders that one of the ends lies in and of those
  // in `again`, each of which is handed over whole and once; what is litter below one of these is
  // not counted. A storage that always lists everything passes these over, and never calls
  // `on_proven`.
  std::span<const KeyRange> proven = {};
  std::span<const std::string> again = {};
  std::optional<RangeSink> on_proven = {};
  // A storage that knows no versions ignores it.
  std::optional<KnownFolders> known = {};
};

// Safe to use from several threads at once. Errors are `JobError`s.
class Storage {
 public:
  Storage(const Storage&) = delete;
  Storage& operator=(const Storage&) = delete;
  virtual ~Storage() = default;

  // Hand every folder under `query.prefix` that holds an object to `sink`, in parts, in any order
  // of folders; a folder's own parts come one after another. Objects are reported exactly once if
  // `list` returns, at most once if it throws; but a file system may tell a name twice whose folder
  // is written to meanwhile. Returns only when the whole prefix was listed, but for folders that
  // are known and what parts say is partial or unreadable. Entries that vanish meanwhile are left
  // out.
  //
  // Throws `not_found` if the prefix itself does not exist where that can be told (a folder does, a
  // prefix in an object store does not), `denied` if it may not be listed, cancelled on `stop`.
  virtual void list(const ListQuery& query, FolderSink sink, Executor& executor,
                    std::stop_token stop) = 0;

  // Read up to `to.size()` bytes of the object at `key` from `offset` on; fewer only at its end.
  // Throws `not_found` if it is not there, `denied` if it may not be read, `unsupported` where the
  // storage only lists, `io` or a transient `unavailable` if reading fails.
  [[nodiscard]] virtual std::size_t read(std::string_view key, std::uint64_t offset,
                                         std::span<std::byte> to) = 0;

  // The URI of the root, for people. No secrets.
  [[nodiscard]] virtual std::string describe() const = 0;

  // What tells this place from every other, wherever the same URI may lead: equal for two storages
  // only if they list the same objects. Compared, not shown; no secrets all the same. A storage
  // whose URI says it all has nothing to add.
  [[nodiscard]] virtual std::string identity() const { return describe(); }

 protected:
  Storage() = default;
};

} // namespace nightshift
