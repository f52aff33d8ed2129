// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/sync_report.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>

namespace nightshift::data_storage_sync {

namespace {

constexpr std::int64_t k_failures_written = 20;

// The next number after `count` that is worth a line.
std::int64_t next_step(std::int64_t count) noexcept {
  const std::int64_t step = count < 10'000 ? 1'000 : count < 100'000 ? 10'000 : 100'000;
  return (count / step + 1) * step;
}

// "1,234,567"
std::string grouped(std::int64_t number) {
  std::string text = fmt::format("{}", number);
  for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
    text.insert(static_cast<std::size_t>(at), 1, ',');
  }
  return text;
}

// "1 capture has", "2 captures have"
std::string counted(std::int64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", grouped(count), count == 1 ? one : many);
}

void add_to_list(std::string& list, std::string_view what, std::int64_t count) {
  if (count != 0) {
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", what, grouped(count));
  }
}

} // namespace

void SyncReport::resumed(const CutListing& cut) {
  const std::scoped_lock lock(mutex_);
  resumed_ = cut.captures;
  taken_ += cut.captures;
  written_ = taken_;
  context_.log.info("Going on where the listing that began at {:%Y-%m-%dT%H:%M:%SZ} was cut short: "
                    "{} not be listed again",
                    cut.began, counted(cut.captures, "capture need", "captures need"));
  show_done();
}

void SyncReport::listed(const FolderPart& part) {
  const std::scoped_lock lock(mutex_);
  StageProgress& progress = context_.progress;
  listed_ += part.listed();
  progress.add(Counter::listed, part.listed());
  progress.add(Counter::skipped, part.skipped.total());
  progress.add(Counter::failed, static_cast<std::int64_t>(part.failures.size()));
  skipped_.add(part.skipped);
  for (const ListFailure& failure : part.failures) {
    context_.host.item_failed(failure.key, failure.why);
    if (++failed_ <= k_failures_written) {
      context_.log.warning("Cannot read {}: {}",
                           failure.key.empty() ? "the root" : printable_key(failure.key),
                           failure.why);
    }
  }
  folders_ += part.last ? 1 : 0;
  if (expected_ == 0 && part.folders_waiting) {
    const auto folders = static_cast<double>(folders_);
    progress.set_fraction(folders / (folders + static_cast<double>(*part.folders_waiting) + 1));
  }
}

void SyncReport::passed_over(std::int64_t captures) {
  {
    const std::scoped_lock lock(mutex_);
    passed_over_ += captures;
    ++folders_passed_over_;
    context_.progress.add(Counter::passed_over, captures);
  }
  taken(captures);
}

void SyncReport::skipped(Skip skip, std::int64_t count) {
  const std::scoped_lock lock(mutex_);
  skipped_.add(skip, count);
  context_.progress.add(Counter::skipped, count);
}

void SyncReport::dated(std::span<const CaptureTime> times) {
  const std::scoped_lock lock(mutex_);
  for (const CaptureTime& time : times) {
    ++by_source_[static_cast<std::uint8_t>(time.source)];
  }
}

void SyncReport::taken(std::int64_t captures) {
  const std::scoped_lock lock(mutex_);
  taken_ += captures;
  for (std::int64_t next = next_step(written_); next <= taken_; next = next_step(written_)) {
    context_.log.info("Processed {} files", next);
    written_ = next;
  }
  show_done();
}

void SyncReport::expect(std::int64_t captures) {
  const std::scoped_lock lock(mutex_);
  expected_ = captures;
  show_done();
}

void SyncReport::show_done() {
  context_.progress.set_parameter(0, taken_);
  if (expected_ > 0) {
    context_.progress.set_total(std::max(expected_, taken_));
  }
  context_.progress.set_done(taken_);
}

void SyncReport::merged(const MergeCounts& counts) {
  const std::scoped_lock lock(mutex_);
  const auto add = [&](Counter counter, std::int64_t MergeCounts::*count) {
    context_.progress.add(counter, counts.*count - merged_.*count);
  };
  add(Counter::added, &MergeCounts::added);
  add(Counter::changed, &MergeCounts::changed);
  add(Counter::unchanged, &MergeCounts::unchanged);
  add(Counter::missing, &MergeCounts::missing);
  add(Counter::undated, &MergeCounts::undated);
  add(Counter::bytes, &MergeCounts::bytes);
  add(Counter::folders, &MergeCounts::folders);
  add(Counter::folders_changed, &MergeCounts::folders_changed);
  const std::int64_t repeated = counts.repeated - merged_.repeated;
  skipped_.add(Skip::repeated, repeated);
  context_.progress.add(Counter::skipped, repeated);
  merged_ = counts;
}

void SyncReport::end_listing() {
  const std::scoped_lock lock(mutex_);
  expected_ = taken_;
  show_done();
  if (taken_ != written_) {
    context_.log.info("Processed {} files", taken_);
    written_ = taken_;
  }
}

void SyncReport::finish(const MergeCounts& counts) {
  merged(counts);
  const std::scoped_lock lock(mutex_);
  if (listed_ == 0 && resumed_ == 0 && folders_passed_over_ == 0) {
    context_.log.warning("The deployment's folder holds nothing: check its source and subdir");
  }
  write_passed_over();
  write_skipped();
  write_failed();
  write_undated();
  if (merged_.missing > 0) {
    context_.log.warning("{} gone from the storage and marked as missing",
                         counted(merged_.missing, "capture is", "captures are"));
  }
  context_.log.info("Processed {} files", taken_);
}

void SyncReport::reconcile(const MergeCounts& counts) {
  merged(counts);
  const std::scoped_lock lock(mutex_);
  const std::int64_t skipped = skipped_.total();
  const std::int64_t sum = merged_.added + merged_.changed + merged_.unchanged + skipped + failed_;
  if (sum != listed_) {
    throw permanent_error(
        error_code::k_not_reconciled,
        fmt::format("the listing held {} entries, but {} are accounted for (new {}, changed {}, "
                    "unchanged {}, skipped {}, failed {}): run the sync again, and report this if "
                    "it happens again",
                    listed_, sum, merged_.added, merged_.changed, merged_.unchanged, skipped,
                    failed_));
  }
}

void SyncReport::write_passed_over() {
  if (folders_passed_over_ > 0) {
    context_.log.info(
        "Passed over {} with {}, in which nothing has come or gone since they were last read; what "
        "was written to in place there is seen only by a sync without verify: quick",
        counted(folders_passed_over_, "folder", "folders"),
        counted(passed_over_, "capture", "captures"));
  }
}

void SyncReport::write_skipped() {
  if (skipped_.total() > 0) {
    std::string reasons;
    for (std::size_t i = 0; i < k_skip_names.size(); ++i) {
      add_to_list(reasons, k_skip_names[i], skipped_.by_reason[i]);
    }
    context_.log.info("Skipped {}: {}", counted(skipped_.total(), "entry", "entries"), reasons);
  }
}

void SyncReport::write_failed() {
  if (failed_ > 0) {
    context_.log.warning("{} could not be read{}; no capture there was marked as missing",
                         counted(failed_, "entry", "entries"),
                         failed_ > k_failures_written
                             ? fmt::format(", the first {} above", k_failures_written)
                             : "");
  }
}

void SyncReport::write_undated() {
  std::int64_t undated = 0;
  std::string reasons;
  for (std::size_t i = 0; i < by_source_.size(); ++i) {
    const auto source = static_cast<TimeSource>(i);
    if (!is_dated(source)) {
      undated += by_source_[i];
      add_to_list(reasons, to_string(source), by_source_[i]);
    }
  }
  if (undated > 0) {
    context_.log.warning("{} no time in their names: {}; see \"nightshift catalogue undated\"",
                         counted(undated, "capture has", "captures have"), reasons);
  }
}

} // namespace nightshift::data_storage_sync
