// SPDX-License-Identifier: Apache-2.0
//
// A request that is sent again, since its answer never came, is not done again: the header
// Idempotency-Key says that it is the same. Answers are kept on disk for a day, so that a restart
// of the server makes no difference.

#pragma once

#include "core/serve/message.hpp"

#include <filesystem>
#include <functional>
#include <mutex>
#include <set>
#include <string>

namespace nightshift::serve {

// Safe to use from several threads.
class IdempotencyKeys {
 public:
  // The folder is made when it is needed.
  explicit IdempotencyKeys(std::filesystem::path folder) : folder_(std::move(folder)) {}

  // What `work` answers, or did answer to the first request with this key. Throws `ApiError`: 409
  // if that is under way, or was when a former server ended, so that nobody knows what came of it;
  // 422 if it was another request. An error that `work` throws is not kept: the same key tries
  // again.
  [[nodiscard]] Response once(const Request& request, const std::function<Response()>& work);

 private:
  [[nodiscard]] Response begin(const Request& request, const std::filesystem::path& file,
                               const std::function<Response()>& work) const;
  void forget_old() const noexcept;

  const std::filesystem::path folder_;
  std::mutex mutex_;                // of what follows
  std::set<std::string> under_way_; // file names
};

} // namespace nightshift::serve
