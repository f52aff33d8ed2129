// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/entry_sorter.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace nightshift::manifest {

namespace {

// A run's file is not needed once it is merged.
void remove(const EntryFile& run) {
  ::unlink(run.path().c_str());
}

} // namespace

EntrySorter::EntrySorter(std::filesystem::path folder, const std::vector<std::string>& files,
                         SorterLimits limits)
    : folder_(std::move(folder)),
      files_(files),
      limits_(limits) {}

void EntrySorter::add(const Entry& entry, std::string_view key, const std::stop_token& stop) {
  const std::size_t most_text = limits_.memory / 2;
  const std::size_t most_records = limits_.memory / 2 / sizeof(Record);
  const std::size_t text = text_.size() + key.size() + entry.etag.size();
  if (!records_.empty() && (text > most_text || records_.size() >= most_records)) {
    spill(stop);
  }
  if (records_.empty()) { // all at once: growing takes twice the memory for a moment
    text_.reserve(most_text);
    records_.reserve(most_records);
  }
  const std::size_t folder_length = folder_of(key).size();
  records_.push_back({text_.size(), static_cast<std::uint32_t>(folder_length),
                      static_cast<std::uint32_t>(key.size() - folder_length),
                      static_cast<std::uint32_t>(entry.etag.size()), entry.place, entry.size,
                      entry.last_modified});
  text_.append(key).append(entry.etag);
}

SplitEntry EntrySorter::entry(const Record& record) const noexcept {
  const char* const folder = text_.data() + record.text_offset;
  const char* const name = folder + record.folder_length;
  return {{folder, record.folder_length},
          {name, record.name_length},
          record.size,
          record.last_modified,
          {name + record.name_length, record.etag_length},
          record.place};
}

EntryFileWriter EntrySorter::make_writer() {
  return {folder_ / fmt::format("{}", ++file_count_), files_, limits_.block};
}

EntryFile EntrySorter::write_sorted() {
  std::sort(records_.begin(), records_.end(),
            [this](const Record& a, const Record& b) { return compare(entry(a), entry(b)) < 0; });
  EntryFileWriter writer = make_writer();
  for (const Record& record : records_) {
    writer.add(entry(record));
  }
  records_.clear();
  text_.clear();
  return writer.finish();
}

void EntrySorter::spill(const std::stop_token& stop) {
  EntryFile run = write_sorted();
  for (std::size_t level = 0;; ++level) {
    if (level == runs_.size()) {
      runs_.emplace_back();
    }
    runs_[level].push_back(std::move(run));
    if (runs_[level].size() < limits_.runs) {
      return;
    }
    run = merge(std::exchange(runs_[level], {}), stop);
  }
}

EntryFile EntrySorter::finish(const std::stop_token& stop) {
  EntryFile last = write_sorted();
  records_ = std::vector<Record>(); // to give the memory back
  text_ = std::string();
  std::vector<EntryFile> all;
  for (std::vector<EntryFile>& level : runs_) {
    std::move(level.begin(), level.end(), std::back_inserter(all));
  }
  if (all.empty()) {
    return last;
  }
  all.push_back(std::move(last));
  return merge(std::move(all), stop);
}

EntryFile EntrySorter::merge(std::vector<EntryFile> runs, const std::stop_token& stop) {
  std::vector<std::unique_ptr<EntryFileReader>> heap; // the least entry on top
  const auto is_greater = [](const auto& a, const auto& b) {
    return compare(a->entry(), b->entry()) > 0;
  };
  for (const EntryFile& run : runs) {
    auto reader = std::make_unique<EntryFileReader>(run, std::pair(std::uint64_t{0}, run.size()));
    if (reader->next()) {
      heap.push_back(std::move(reader));
    }
  }
  std::make_heap(heap.begin(), heap.end(), is_greater);
  EntryFileWriter writer = make_writer();
  for (std::size_t count = 0; !heap.empty(); ++count) {
    if (count % 4096 == 0 && stop.stop_requested()) {
      throw cancelled_error();
    }
    std::pop_heap(heap.begin(), heap.end(), is_greater);
    writer.add(heap.back()->entry());
    if (heap.back()->next()) {
      std::push_heap(heap.begin(), heap.end(), is_greater);
    } else {
      heap.pop_back();
    }
  }
  std::for_each(runs.begin(), runs.end(), remove);
  return writer.finish();
}

} // namespace nightshift::manifest
