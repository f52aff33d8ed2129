// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/page_chain.hpp"

#include "core/base/text.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <utility>

namespace nightshift::s3 {

namespace {

// A store that looks through what it does not list (uploads under way, versions) may send such
// pages, a thousand entries looked at with each; for ever, only a broken one does.
constexpr int k_most_empty_pages = 1000;

} // namespace

PageChain::PageChain(PageSource& pages, PageRequest first)
    : pages_(pages),
      request_(std::move(first)),
      after_(request_.start_after) {}

const ListPage& PageChain::next(const std::stop_token& stop) {
  bool is_v1 = false;
  pages_.get_page(
      request_,
      [&](std::string_view body) {
        is_v1 = pages_.is_v1();
        reader_.read(body, {request_.prefix, request_.delimiter, after_, is_v1, &tokens_});
      },
      stop);
  take(reader_.page(), is_v1);
  return reader_.page();
}

void PageChain::take(const ListPage& page, bool is_v1) {
  goes_on_ = page.is_truncated();
  after_ = page.next_after();
  request_.token = page.token();
  request_.start_after = is_v1 ? after_ : std::string();
  if (goes_on_ && !is_v1) {
    tokens_.insert(hash_of_token(page.token()));
  }
  empty_pages_ = page.empty() ? empty_pages_ + 1 : 0;
  if (empty_pages_ > k_most_empty_pages) {
    throw transient_error(
        error_code::k_bad_data,
        fmt::format("the store's listing of {} goes on and on with pages that hold nothing: have "
                    "its operators check the bucket's index",
                    one_line(printable_key(request_.prefix))));
  }
}

} // namespace nightshift::s3
