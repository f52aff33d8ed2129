// SPDX-License-Identifier: Apache-2.0
//
// Brings the rows of one folder to what a listing says of it: both are walked in the order of their
// names, side by side, and only what differs is written.

#pragma once

#include "core/catalogue/sqlite/capture_table.hpp"
#include "core/catalogue/sqlite/folder_table.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/function_ref.hpp>

#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift::sqlite {

// The listing of one folder, but for its captures.
struct FolderListing {
  std::int64_t deployment_id = 0;
  std::string_view path;
  bool complete = true; // nothing else is in the folder
  FolderState state;    // what it shall be known by, if complete
  std::chrono::seconds max_gap{};
};

// Gives the next capture of the listing, ascending by the bytes of its name, each name once; false
// at the end.
using NextCapture = FunctionRef<bool(ListedCapture& capture)>;

// Is told of captures that are in the catalogue and not in a complete listing. They stay as they
// are.
using GoneSink = FunctionRef<void(std::int64_t folder_id, std::string_view name,
                                  std::optional<std::int64_t> time)>;

struct FolderOutcome {
  std::int64_t folder_id = 0; // 0: it has no row, having no captures
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t undated = 0; // among added and changed
  std::int64_t bytes = 0;   // of all listed
  std::int64_t gone = 0;
  std::int64_t repeated = 0;
};

class FolderMerge {
 public:
  // Borrows all three.
  FolderMerge(FolderTable& folders, CaptureTable& captures, const FolderListing& listing);

  // Whether the catalogue has no such folder yet.
  [[nodiscard]] bool is_new() const noexcept { return !known_; }

  // One of the two, once.
  [[nodiscard]] FolderOutcome run(NextCapture next, GoneSink gone);

  // A new folder's captures, all of which `part` holds, without a copy of each.
  [[nodiscard]] FolderOutcome add(const CapturePart& part);

 private:
  void walk_known(NextCapture next, GoneSink gone);
  void take_new(const ListedCapture& listed);
  void count(const ListedCapture& listed);
  void take_known(const ListedCapture& listed, const StoredCapture& stored);
  void take_absent(const StoredCapture& stored, GoneSink gone);
  void write_later(const ListedCapture& listed);
  void write_now();
  void write(const CapturePart& part);
  void settle();

  FolderTable& folders_;
  CaptureTable& captures_;
  const FolderListing& listing_;
  std::optional<FolderRow> known_;
  FolderOutcome outcome_;
  FolderChange change_;
  FolderTally tally_;
  CapturePart waiting_; // rows to be written
};

} // namespace nightshift::sqlite
