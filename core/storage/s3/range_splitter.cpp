// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/range_splitter.hpp"

#include "core/storage/s3/key_interpolation.hpp"
#include "core/storage/s3/page_chain.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nightshift::s3 {

namespace {

// The folder right below `folder` that `key` lies in; "" if there is none.
std::string_view subfolder_of(std::string_view folder, std::string_view key) {
  if (!key.starts_with(folder)) {
    return {};
  }
  const std::size_t slash = key.find('/', folder.size());
  return slash == std::string_view::npos ? std::string_view() : key.substr(0, slash + 1);
}

bool is_ahead(std::string_view folder, std::string_view after, std::string_view until) {
  return folder > after && !after.starts_with(folder) && (until.empty() || folder < until);
}

void drop_passed(Outlook& outlook, const RangeRest& rest) {
  std::erase_if(outlook.ahead, [&](const std::string& folder) {
    return !is_ahead(folder, rest.after, rest.until);
  });
}

// To the folder that holds `after` and all that is left, if it is not this one.
bool widen(Outlook& outlook, std::string_view after) {
  const std::size_t before = outlook.folder.size();
  while (!after.starts_with(outlook.folder)) {
    outlook.folder.pop_back();
    outlook.folder.resize(folder_of(outlook.folder).size());
  }
  return outlook.folder.size() != before;
}

void move_on(Outlook& outlook, const RangeRest& rest) {
  if (widen(outlook, rest.after)) {
    outlook.is_known = false;
  }
  drop_passed(outlook, rest);
}

// How many subfolders a page took.
std::size_t subfolders_seen(std::string_view folder, std::span<const std::string_view> seen) {
  std::size_t count = 0;
  std::string_view last;
  for (const std::string_view key : seen) {
    const std::string_view subfolder = subfolder_of(folder, key);
    count += !subfolder.empty() && subfolder != last ? 1 : 0;
    last = subfolder;
  }
  return std::max<std::size_t>(count, 1);
}

// The folder that is being listed, and `ahead`, shared out among one more than there are pieces.
std::vector<std::string> choose_evenly(const std::vector<std::string>& ahead, std::size_t pieces) {
  pieces = std::min(pieces, ahead.size());
  std::vector<std::string> chosen;
  for (std::size_t i = 1; i <= pieces; ++i) {
    chosen.push_back(ahead[i * (ahead.size() + 1) / (pieces + 1) - 1]);
  }
  return chosen;
}

} // namespace

bool RangeSplitter::sit_out(Outlook& outlook) {
  if (outlook.pages_to_pause == 0) {
    return false;
  }
  --outlook.pages_to_pause;
  return true;
}

bool RangeSplitter::has_to_ask(Outlook& outlook, const RangeRest& rest) const {
  if (outlook.is_one_folder || is_refused_) {
    return false;
  }
  move_on(outlook, rest);
  return outlook.ahead.empty() &&
         (!outlook.is_known || !subfolder_of(outlook.folder, rest.after).empty());
}

void RangeSplitter::look_ahead(Outlook& outlook, const RangeRest& rest,
                               const std::stop_token& stop) {
  constexpr int k_most_requests = 8;
  for (int requests = 0; requests < k_most_requests && has_to_ask(outlook, rest); ++requests) {
    if (outlook.is_known) {
      outlook.folder = subfolder_of(outlook.folder, rest.after);
      outlook.is_known = false;
    }
    if (!ask_for_subfolders(outlook, rest, stop)) {
      return;
    }
  }
}

std::vector<std::string> RangeSplitter::find_boundaries(Outlook& outlook, const RangeRest& rest,
                                                        std::size_t most) {
  if (!outlook.is_one_folder) {
    move_on(outlook, rest);
  }
  std::vector<std::string> boundaries;
  if (!outlook.is_known || outlook.ahead.empty()) {
    boundaries = interpolate({rest.after, rest.until, outlook.folder}, rest.seen, most);
  }
  if (boundaries.empty()) {
    const std::size_t pages = outlook.ahead.size() / subfolders_seen(outlook.folder, rest.seen);
    boundaries = choose_evenly(outlook.ahead, std::min(most, std::max<std::size_t>(pages, 1)));
  }
  outlook.pause = boundaries.empty() ? 2 * outlook.pause + 1 : 0;
  outlook.pages_to_pause = outlook.pause;
  return boundaries;
}

// Whether all were told.
bool RangeSplitter::ask_for_subfolders(Outlook& outlook, const RangeRest& rest,
                                       const std::stop_token& stop) {
  PageChain chain(pages_, {.prefix = root_ + outlook.folder,
                           .delimiter = "/",
                           .start_after = root_ + std::string(rest.after)});
  try {
    const ListPage& page = chain.next(stop);
    for (std::size_t i = 0; i < page.prefix_count(); ++i) {
      outlook.ahead.emplace_back(page.prefix(i).substr(root_.size()));
    }
    const bool is_beyond =
        !page.empty() && !rest.until.empty() && page.last().substr(root_.size()) >= rest.until;
    const bool is_all = !page.is_truncated() || is_beyond;
    // A page of nothing but objects is taken for a folder without subfolders.
    outlook.is_known = is_all || outlook.ahead.empty();
    drop_passed(outlook, rest);
    return is_all;
  } catch (const JobError& error) {
    is_refused_ = is_refused_ || error.error_class() != ErrorClass::cancelled;
    return false;
  }
}

Outlook outlook_between(const Outlook& whole, std::string_view after, std::string_view until) {
  Outlook piece;
  piece.folder = whole.folder;
  piece.is_known = whole.is_known;
  piece.is_one_folder = whole.is_one_folder;
  std::copy_if(whole.ahead.begin(), whole.ahead.end(), std::back_inserter(piece.ahead),
               [&](const std::string& folder) { return is_ahead(folder, after, until); });
  return piece;
}

} // namespace nightshift::s3
