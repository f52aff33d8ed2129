// SPDX-License-Identifier: Apache-2.0
//
// What can be asked about deployments, their captures and sessions, and projects.

#pragma once

#include "core/serve/deployment_view.hpp"
#include "core/serve/job_files.hpp"
#include "core/serve/router.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace nightshift::serve {

// Counting millions of captures takes a second: it is done once for each sync.
class ActivityCache {
 public:
  explicit ActivityCache(CatalogueAt catalogue) : catalogue_(std::move(catalogue)) {}

  // `deployment` is its document, whose cached fields change with each sync. Throws `JobError`. Any
  // thread; one counts at a time.
  [[nodiscard]] std::shared_ptr<const Activity> get(const Json& deployment);

 private:
  struct Entry {
    std::string fields;
    std::shared_ptr<const Activity> activity;
  };

  static constexpr std::size_t k_most = 64;

  const CatalogueAt catalogue_;
  std::mutex mutex_; // of what follows
  std::map<std::int64_t, Entry> entries_;
};

// The routes borrow all of these.
[[nodiscard]] std::vector<Route> catalogue_routes(const CatalogueAt& catalogue,
                                                  ActivityCache& activities, JobFiles& files);

} // namespace nightshift::serve
