// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/time.hpp"
#include "core/storage/s3/credentials.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

namespace nightshift::s3 {

// The access that is valid now, found anew when it is about to expire. Any thread.
class AccessKeeper {
 public:
  using Find = std::function<Access(const std::stop_token& stop)>;

  // Finds it for the first time; throws what `find` does.
  AccessKeeper(Find find, Clock now);

  // Where none is found, the one there is does until it expires; then it throws what `find` does.
  [[nodiscard]] std::shared_ptr<const Access> current(const std::stop_token& stop);

  // The store says that `refused` has expired: find it anew, unless somebody has done so meanwhile.
  void renew(const std::shared_ptr<const Access>& refused, const std::stop_token& stop);

 private:
  void look(const std::stop_token& stop);
  void look_while_valid(const std::stop_token& stop);

  const Find find_;
  const Clock now_;
  std::mutex mutex_; // of what follows
  std::shared_ptr<const Access> access_;
  TimePoint next_look_; // not before
};

} // namespace nightshift::s3
