// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/access_keeper.hpp"

#include <nightshift/error.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace nightshift::s3 {

namespace {

// A request that is signed now must still be valid when it arrives.
constexpr std::chrono::seconds k_before_expiry{60};
// What is found with less than that to live, by this machine's clock, or not found, is not looked
// for again with each request.
constexpr std::chrono::seconds k_between_looks{10};

} // namespace

AccessKeeper::AccessKeeper(Find find, Clock now) : find_(std::move(find)), now_(std::move(now)) {
  look(std::stop_token());
}

std::shared_ptr<const Access> AccessKeeper::current(const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  const TimePoint now = now_();
  if (access_->expires && now + k_before_expiry >= *access_->expires && now >= next_look_) {
    look_while_valid(stop);
  }
  return access_;
}

void AccessKeeper::renew(const std::shared_ptr<const Access>& refused,
                         const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  if (access_ == refused) {
    look(stop);
  }
}

void AccessKeeper::look(const std::stop_token& stop) {
  access_ = std::make_shared<const Access>(find_(stop));
  next_look_ = now_() + k_between_looks;
}

// What gives credentials may be away for a moment, and the minute before they expire is there for
// just that.
void AccessKeeper::look_while_valid(const std::stop_token& stop) {
  try {
    look(stop);
  } catch (const JobError& error) {
    const TimePoint now = now_();
    if (error.error_class() == ErrorClass::cancelled || now >= *access_->expires) {
      throw;
    }
    const TimePoint expires = std::chrono::floor<TimePoint::duration>(*access_->expires);
    next_look_ = std::min<TimePoint>(now + k_between_looks, expires);
  }
}

} // namespace nightshift::s3
