// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/access_keeper.hpp"

#include <chrono>
#include <utility>

namespace nightshift::s3 {

namespace {

// A request that is signed now must still be valid when it arrives.
constexpr std::chrono::seconds k_before_expiry{60};

} // namespace

AccessKeeper::AccessKeeper(Find find, Clock now)
    : find_(std::move(find)),
      now_(std::move(now)),
      access_(std::make_shared<const Access>(find_(std::stop_token()))) {}

std::shared_ptr<const Access> AccessKeeper::current(const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  if (access_->expires && now_() + k_before_expiry >= *access_->expires) {
    access_ = std::make_shared<const Access>(find_(stop));
  }
  return access_;
}

void AccessKeeper::renew(const std::shared_ptr<const Access>& refused,
                         const std::stop_token& stop) {
  const std::scoped_lock lock(mutex_);
  if (access_ == refused) {
    access_ = std::make_shared<const Access>(find_(stop));
  }
}

} // namespace nightshift::s3
