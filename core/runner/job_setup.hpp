// SPDX-License-Identifier: Apache-2.0
//
// A job to be, complete in itself: what a job file's definition comes to for one job. Recorded with
// the job, so that `start` and `retry` do what was asked for then, whatever the file says now.

#pragma once

#include "core/base/json.hpp"
#include "core/config/interpolation.hpp"
#include "core/config/job_file.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

struct JobSetup {
  JobDefinition definition;
  std::optional<SourceDefinition> source; // the deployment's
  Value catalogue;                        // URI, a text
  std::string api_base_url;
  std::uint64_t seed = 0;    // of the sample, where there is a limit
  std::vector<PutIn> put_in; // for its params, source and catalogue: no message shows it
};

// The setups of a job file's jobs, in its order.
[[nodiscard]] std::vector<JobSetup> make_setups(const JobFile& file);

// As recorded. What came from `${env:…}` or `${file:…}` is recorded unresolved.
[[nodiscard]] Json to_json(const JobSetup& setup);

// The inverse; resolves anew what was recorded unresolved. Throws `JobError` if `json` is none or
// something cannot be resolved.
[[nodiscard]] JobSetup setup_from_json(const Json& json);

} // namespace nightshift
