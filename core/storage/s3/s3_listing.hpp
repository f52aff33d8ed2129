// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/part_writer.hpp"
#include "core/storage/s3/page_source.hpp"

#include <nightshift/executor.hpp>
#include <nightshift/storage.hpp>

#include <cstddef>
#include <limits>
#include <stop_token>
#include <string>

namespace nightshift::s3 {

struct ListingRequest {
  std::string root; // what keys are relative to: "" or ends with '/'
  const ListQuery& query;
  FolderSink sink;
  std::stop_token stop = {};
  PartLimits limits = {};
  // While so many ranges are listed or wait to be, none is cut.
  std::size_t max_ranges = std::numeric_limits<std::size_t>::max();
};

// List all below `listing.query.prefix` as `Storage::list` promises: from one end to the other, and
// where workers of `executor` are idle, in several ranges at once. Each range is listed without a
// delimiter up to the first key that is not in it, so that nothing depends on how it was chosen.
// About one request for a page of keys; never one for a folder.
//
// Goes on with a listing that was cut short as `ListQuery` says: what is not proven, and the own
// objects of the folders that an end of what is proven lies in, or `query.again` names. Tells
// `query.on_proven` after each page and at the end of each range.
//
// Throws the first `JobError` that comes out of `pages`, whatever the sink throws, and cancelled on
// `stop`.
void list_pages(PageSource& pages, const ListingRequest& listing, Executor& executor);

} // namespace nightshift::s3
