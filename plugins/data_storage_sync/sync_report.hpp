// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/capture.hpp>
#include <nightshift/job_context.hpp>

#include <array>
#include <cstdint>
#include <limits>
#include <mutex>
#include <span>

namespace nightshift::data_storage_sync {

// What a sync tells while it goes on and at its end: counters, progress and the lines of the job's
// log. Any thread.
//
// "Processed N files" is written whenever the number of captures taken passes a step, then for the
// rest, and once more at the very end, as Antenna does. Its step is always 1,000; ours grows
// with the number, so that a million captures do not push all else out of the record.
class SyncReport {
 public:
  // `expected` captures in all; 0 if that is not known.
  SyncReport(JobContext& context, std::int64_t expected) : context_(context), expected_(expected) {}

  // The listing goes on where another was cut short, and will not hold what that had proven.
  void resumed(const CutListing& cut);

  // A part has arrived from the listing.
  void listed(const FolderPart& part);

  // A folder of so many captures was not listed, being known.
  void passed_over(std::int64_t captures);

  // Objects of a part were left out after all.
  void skipped(Skip skip, std::int64_t count);

  // The times read from the names of one part.
  void dated(std::span<const CaptureTime> times);

  // Captures are in the catalogue, whether they were merged or found unchanged.
  void taken(std::int64_t captures);

  // What the merge has counted so far.
  void merged(const MergeCounts& counts);

  // Now so many are expected.
  void expect(std::int64_t captures);

  // All captures are taken.
  void end_listing();

  // Throws `not_reconciled` if an entry of the listing is unaccounted for.
  void reconcile(const MergeCounts& counts);

  // All is done.
  void finish(const MergeCounts& counts);

 private:
  void show_done();
  void write_passed_over();
  void write_skipped();
  void write_failed();
  void write_undated();

  JobContext& context_;
  std::mutex mutex_; // over all below
  std::int64_t expected_;
  std::int64_t resumed_ = 0; // captures that were proven before
  std::int64_t listed_ = 0;
  std::int64_t taken_ = 0;
  std::int64_t written_ = 0; // the number in the last "Processed" line
  std::int64_t folders_ = 0;
  std::int64_t passed_over_ = 0; // captures
  std::int64_t folders_passed_over_ = 0;
  std::int64_t failed_ = 0;
  SkipCounts skipped_;
  std::array<std::int64_t, std::numeric_limits<std::uint8_t>::max() + 1> by_source_{};
  MergeCounts merged_;
};

} // namespace nightshift::data_storage_sync
