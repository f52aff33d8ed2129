// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/list_page.hpp"
#include "core/storage/s3/page_source.hpp"

#include <stop_token>
#include <string>

namespace nightshift::s3 {

// Pages of a listing, one after the other, each of which is proven to go on where the one before
// ended. One thread at a time.
class PageChain {
 public:
  // Begin with the page that `first` asks for. Borrows `pages`.
  PageChain(PageSource& pages, PageRequest first);

  // Ask for the next page; valid until the next call. Only while there is one. Throws `JobError`.
  const ListPage& next(const std::stop_token& stop);

  // Whether there is a next page.
  [[nodiscard]] bool goes_on() const noexcept { return goes_on_; }

 private:
  void take(const ListPage& page, bool is_v1);

  PageSource& pages_;
  PageRequest request_;
  std::string after_; // the next page's keys are greater
  PageReader reader_;
  TokenHashes tokens_;  // all there were
  int empty_pages_ = 0; // one after the other, up to now
  bool goes_on_ = true;
};

} // namespace nightshift::s3
