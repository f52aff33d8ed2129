// SPDX-License-Identifier: Apache-2.0
//
// The database of deployments, folders, captures and sessions. Whoever implements it passes
// tests/conformance/catalogue_conformance.hpp.
//
// How a sync uses it: `open_merge`, then for each folder `pass_over`, `is_unchanged` or `merge`,
// then `finish`; after that `open_regroup` brings sessions and cached fields up to date. A kill at
// any instant loses nothing: what was merged and not yet regrouped stays marked as dirty, and the
// next regroup finds it.

#pragma once

#include <nightshift/capture.hpp>
#include <nightshift/deployment.hpp>
#include <nightshift/function_ref.hpp>
#include <nightshift/grouping.hpp>
#include <nightshift/key_range.hpp>
#include <nightshift/session.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// How a listing is to be merged.
struct MergeRules {
  // A hash of all that decides which objects are captures and how their times are read. A folder
  // merged under another hash counts as changed.
  std::uint64_t rules_hash = 0;
  std::chrono::seconds max_gap{std::chrono::minutes{120}}; // for the fragments
  bool verify_full = false; // compare every capture, whatever the fingerprints say
  bool sample = false;      // the listing is only a part (`limit`): store no fingerprint and mark
                            // nothing as missing
  // The mass-loss guard: refuse to mark more than this share of the deployment's captures as
  // missing, but never refuse up to `always_allowed_missing`.
  double max_missing = 0.2;
  std::int64_t always_allowed_missing = 50;
  bool allow_missing = false; // switches the guard off
  // A hash of what is listed, where, and by which rules: only a listing of the same may go on where
  // this one was cut short. 0: none may.
  std::uint64_t listing_hash = 0;
  std::chrono::seconds resume_within{0}; // of the beginning of the listing that was cut short
};

// How far a listing had come that was cut short: what is in these ranges need not be listed again,
// but for the own objects of the folders in `again`, and of all folders that an end of a range lies
// in (see `ListQuery`).
struct CutListing {
  std::chrono::sys_seconds began;
  std::vector<KeyRange> proven;   // ascending, disjoint
  std::vector<std::string> again; // ascending
  std::int64_t captures = 0;      // the present ones of the folders that need not be listed
};

struct MergeCounts {
  std::int64_t added = 0; // inserted, or missing before and back
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t missing = 0; // newly found gone
  std::int64_t undated = 0; // among added and changed
  std::int64_t bytes = 0;   // of the captures listed
  std::int64_t folders = 0;
  std::int64_t folders_changed = 0;
  std::int64_t repeated = 0; // told again by another part of the folder: taken once

  friend bool operator==(const MergeCounts&, const MergeCounts&) = default;
};

// One listing of one deployment on its way into the catalogue. Dropping it without `finish` keeps
// what was merged, marks nothing as missing and leaves dirty marks.
class Merge {
 public:
  Merge(const Merge&) = delete;
  Merge& operator=(const Merge&) = delete;
  virtual ~Merge() = default;

  // Whether the folder, listed whole, has the fingerprint it was last merged with, under the same
  // rules. If so it is noted as seen and counted, and need not be merged. Any thread.
  [[nodiscard]] virtual bool is_unchanged(std::string_view folder, const Fingerprint& fingerprint,
                                          std::int64_t objects) = 0;

  // The number of the folder's captures, if it had this version when it was last merged under the
  // same rules, before this merge. It then counts as seen, is in no counts, and need be neither
  // listed nor merged. Nothing if it must be. Any thread.
  [[nodiscard]] virtual std::optional<std::int64_t> pass_over(std::string_view folder,
                                                              std::int64_t version) = 0;

  // Bring the folder's rows to what the part says. The parts of a folder that has several are kept
  // aside until the last. Its version is that which the last part tells, also of a folder that is
  // unchanged; where it tells none, that of a folder that has changed is forgotten. One caller at a
  // time, from any thread.
  virtual void merge(const CapturePart& part) = 0;

  // How far a listing of the same had come that was cut short no longer than `resume_within` ago,
  // if there is one. Its folders then count as seen, and are in no counts. At most once, before any
  // folder.
  [[nodiscard]] virtual std::optional<CutListing> resume() = 0;

  // All that a listing holds in this range was merged or found unchanged, but for folders that an
  // end of it lies in. A range grows: with the same `after` it takes the former one's place. Called
  // as `merge` is. Does nothing without a `listing_hash`.
  virtual void prove(const KeyRange& range) = 0;

  // The listing is complete: mark as missing what it did not hold, but for what lies in or below an
  // unreadable folder or in a partial one. Throws `mass_loss`, and then has marked nothing, if the
  // guard refuses. All the counts. At most once, no other call after it.
  virtual MergeCounts finish() = 0;

  // Counts so far. Any thread.
  [[nodiscard]] virtual MergeCounts counts() const = 0;

  // How many captures the deployment had before this merge. Any thread.
  [[nodiscard]] virtual std::int64_t known_captures() const noexcept = 0;

 protected:
  Merge() = default;
};

// One transaction on the sessions and cached fields of one deployment. Dropping it without `commit`
// changes nothing. One thread.
class Regroup {
 public:
  Regroup(const Regroup&) = delete;
  Regroup& operator=(const Regroup&) = delete;
  virtual ~Regroup() = default;

  // The times that merges have touched since the last commit, ascending, not overlapping; all time
  // if the rule is another than the last commit's. Empty: the sessions are right as they are.
  [[nodiscard]] virtual std::vector<TimeSpan> dirty() = 0;

  // Fragments that overlap `window`, ascending by start, under the rule's gap.
  [[nodiscard]] virtual std::vector<Fragment> fragments(const TimeSpan& window) = 0;

  // Sessions that overlap `window`, ascending.
  [[nodiscard]] virtual std::vector<Session> sessions(const TimeSpan& window) = 0;

  // Each distinct time in `window` at which there are captures, ascending, with their number.
  virtual void times(const TimeSpan& window,
                     FunctionRef<void(WallTime time, std::int64_t captures)> sink) = 0;

  // Put `after` in the place of `before`, both as `sessions` gives them. One in `after` with an id
  // keeps it, one without gets a new one.
  virtual void replace(std::span<const Session> before, std::span<const Session> after) = 0;

  [[nodiscard]] virtual FolderTotals folder_totals() = 0;

  // How many sessions there are now, and the sum of their duplicate times.
  struct SessionTotals {
    std::int64_t sessions = 0;
    std::int64_t duplicate_times = 0;
  };

  [[nodiscard]] virtual SessionTotals session_totals() = 0;

  // Store the cached fields, remember the rule, take the dirty marks away, and make it all visible.
  // No other call after it.
  virtual void commit(const CachedFields& fields) = 0;

 protected:
  Regroup() = default;
};

// The stable views for people and reports; columns are documented in configs/README.md.
enum class View : std::uint8_t { deployments, sessions, captures, undated };

struct ViewQuery {
  View view = View::deployments;
  std::optional<std::int64_t> deployment_id; // nothing: all
  std::optional<std::int64_t> limit;
};

// One row, as text; a null is no text.
using ViewRow = std::span<const std::optional<std::string>>;

// Safe to use from several threads at once; merges and regroups of different deployments may go on
// together and take turns. Errors are `JobError`s.
class Catalogue {
 public:
  Catalogue(const Catalogue&) = delete;
  Catalogue& operator=(const Catalogue&) = delete;
  virtual ~Catalogue() = default;

  // Insert or update the deployment's and its project's settings.
  virtual void put_deployment(const Deployment& deployment) = 0;

  // The merge borrows the catalogue. Throws `not_found` if the deployment has not been put, and, as
  // what other merges wrote is made durable first, a transient `busy` while another process keeps
  // the catalogue locked, `no_space` or `io`.
  [[nodiscard]] virtual std::unique_ptr<Merge> open_merge(std::int64_t deployment_id,
                                                          const MergeRules& rules) = 0;

  // Waits for its turn to write and holds it until the regroup is committed or dropped. Throws as
  // `open_merge` does.
  [[nodiscard]] virtual std::unique_ptr<Regroup> open_regroup(std::int64_t deployment_id,
                                                              const GroupingRule& rule) = 0;

  // Make durable what merges have written so far. The runner calls it about once a second, so that
  // a killed job loses no more than that.
  virtual void flush() = 0;

  // `header` gets the names of the columns, once, and `row` each row in the view's order.
  virtual void read(const ViewQuery& query,
                    FunctionRef<void(std::span<const std::string> columns)> header,
                    FunctionRef<void(ViewRow row)> row) = 0;

  // The URI, for people. No secrets.
  [[nodiscard]] virtual std::string describe() const = 0;

 protected:
  Catalogue() = default;
};

} // namespace nightshift
