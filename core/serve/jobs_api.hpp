// SPDX-License-Identifier: Apache-2.0
//
// What can be asked about jobs. Names and shapes are Antenna's.

#pragma once

#include "core/record/state_dir.hpp"
#include "core/serve/follow.hpp"
#include "core/serve/idempotency.hpp"
#include "core/serve/job_files.hpp"
#include "core/serve/job_index.hpp"
#include "core/serve/job_starter.hpp"
#include "core/serve/record_cache.hpp"
#include "core/serve/router.hpp"

#include <optional>
#include <string>
#include <vector>

namespace nightshift::serve {

// What the answers are made from.
struct Sources {
  const StateDir& state_dir;
  std::string catalogue; // URI
  JobIndex& index;
  RecordCache& records;
  FollowerHub& followers;
  JobFiles& files;
  JobStarter& starter;
  IdempotencyKeys& keys;
};

// The routes borrow the sources.
[[nodiscard]] std::vector<Route> job_routes(const Sources& sources);

// Those that change something.
[[nodiscard]] std::vector<Route> job_change_routes(const Sources& sources);

// The job of a path's {id}. Throws `ApiError` (404).
[[nodiscard]] JobFolder job_of(const Sources& sources, std::int64_t id);

// A job's record as the answer to a request that changed it.
[[nodiscard]] Response job_response(const Sources& sources, const JobFolder& folder,
                                    int status = 200);

// Record a job that a job file offers; its id.
[[nodiscard]] std::int64_t create_job(const Sources& sources, const JobOffer& offer);

// The one offer that does `type` for the deployment, or has that definition. Nothing that is not
// given decides. Throws `ApiError` (400) that names the field if there is none, or several.
struct OfferWish {
  std::optional<std::string> definition;
  std::optional<std::string> type;
  std::optional<std::int64_t> deployment;
  std::optional<std::int64_t> project;
};

[[nodiscard]] JobOffer find_offer(JobFiles& files, const OfferWish& wish);

} // namespace nightshift::serve
