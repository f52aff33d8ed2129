// SPDX-License-Identifier: Apache-2.0
//
// Where to cut what is left of a range, so that idle workers have something to do. Only a guess:
// each piece is listed to its end whatever the guess was made from.

#pragma once

#include "core/storage/s3/page_source.hpp"

#include <atomic>
#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::s3 {

// What is known of the part of a range that is yet to be listed.
struct Outlook {
  std::string folder;             // holds all of it
  std::vector<std::string> ahead; // subfolders of it in that part, ascending
  bool is_known = false;          // whether it was asked for subfolders
  bool is_one_folder = false;     // only own objects are listed: subfolders are of no use
  int pause = 0;                  // pages not to try again after a try that failed
  int pages_to_pause = 0;
};

// Where a range is.
struct RangeRest {
  std::string_view after; // the last key that is listed
  std::string_view until;
  std::span<const std::string_view> seen; // the keys of the last page, ascending
};

// For one listing; any thread, but an outlook and what is asked about it is for one at a time. Keys
// are relative to the source's root.
class RangeSplitter {
 public:
  // Borrows `pages`.
  RangeSplitter(PageSource& pages, std::string root) : pages_(pages), root_(std::move(root)) {}

  // Whether a page is to pass without another try, since one that failed is too short ago.
  [[nodiscard]] static bool sit_out(Outlook& outlook);

  // Whether `look_ahead` would ask the store.
  [[nodiscard]] bool has_to_ask(Outlook& outlook, const RangeRest& rest) const;

  // Find the outermost folder that has subfolders ahead, and which, if one page can tell them. Ends
  // early on `stop`, and where the store refuses.
  void look_ahead(Outlook& outlook, const RangeRest& rest, const std::stop_token& stop);

  // Up to `most` keys to cut `rest` at, ascending, from what is known.
  [[nodiscard]] static std::vector<std::string>
  find_boundaries(Outlook& outlook, const RangeRest& rest, std::size_t most);

 private:
  [[nodiscard]] bool ask_for_subfolders(Outlook& outlook, const RangeRest& rest,
                                        const std::stop_token& stop);

  PageSource& pages_;
  const std::string root_;
  std::atomic<bool> is_refused_{false}; // a request with a delimiter failed: no more of them
};

// What is known of the piece of a range that lies between two boundaries ("": its end).
[[nodiscard]] Outlook outlook_between(const Outlook& whole, std::string_view after,
                                      std::string_view until);

} // namespace nightshift::s3
