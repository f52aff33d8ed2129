// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/scout.hpp"

#include <utility>

namespace nightshift::s3 {

Scout::Scout(Outlook outlook, std::string after, std::string until)
    : outlook_(std::move(outlook)),
      after_(std::move(after)),
      until_(std::move(until)) {}

void Scout::run(RangeSplitter& splitter, const std::stop_token& stop) {
  const std::stop_callback forward(stop, [this] { call_back(); });
  splitter.look_ahead(outlook_, {after_, until_, {}}, called_back_.get_token());
  is_back_ = true;
}

} // namespace nightshift::s3
