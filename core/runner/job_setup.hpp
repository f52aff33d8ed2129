// SPDX-License-Identifier: Apache-2.0
//
// A job to be, complete in itself: what a job file's definition comes to for one job. Recorded with
// the job, so that `start` and `retry` do what was asked for then, whatever the file says now.

#pragma once

#include "core/base/json.hpp"
#include "core/config/interpolation.hpp"
#include "core/config/job_file.hpp"

#include <nightshift/job_context.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nightshift {

// What a job file says for all its jobs.
struct CommonSetup {
  Value catalogue; // URI, a text
  std::string api_base_url;
};

// What many jobs have in common is shared by their setups.
struct JobSetup {
  std::string name;
  std::shared_ptr<const JobDefinition> definition; // never null
  std::shared_ptr<const Deployment> deployment;    // null: it has none
  std::shared_ptr<const SourceDefinition> source;  // the deployment's; null: none
  std::shared_ptr<const CommonSetup> common;       // never null
  std::uint64_t seed = 0;                          // of the sample, where there is a limit
};

// The setups of a job file's jobs, in its order.
[[nodiscard]] std::vector<JobSetup> make_setups(const JobFile& file);

// What was put into its params, source and catalogue from outside: no message shows it.
[[nodiscard]] std::vector<PutIn> put_in_of(const JobSetup& setup);

// What the job's stages are told of it.
[[nodiscard]] JobInfo job_info(const JobSetup& setup, std::int64_t id, int attempt,
                               bool allow_missing);

// As recorded. What came from `${env:…}` or `${file:…}` is recorded unresolved.
[[nodiscard]] Json to_json(const JobSetup& setup);

// The inverse; resolves anew what was recorded unresolved. Throws `JobError` if `json` is none or
// something cannot be resolved.
[[nodiscard]] JobSetup setup_from_json(const Json& json);

} // namespace nightshift
