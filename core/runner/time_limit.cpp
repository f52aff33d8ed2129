// SPDX-License-Identifier: Apache-2.0

#include "core/runner/time_limit.hpp"

#include <nightshift/error.hpp>
#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace nightshift {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds k_auto_margin{60'000};

JobError wrong(const std::string& message) {
  return permanent_error(error_code::k_config, message);
}

// Until the scheduler ends the job.
milliseconds until_scheduler_ends_it(const std::function<const char*(const char*)>& environment,
                                     TimePoint now) {
  const char* const text = environment("SLURM_JOB_END_TIME"); // seconds since 1970
  if (text == nullptr) {
    const bool slurm = environment("SLURM_JOB_ID") != nullptr;
    const bool pbs = environment("PBS_JOBID") != nullptr;
    throw wrong(fmt::format("--time-limit auto: {}; write the time, such as --time-limit 2h",
                            slurm ? "this version of Slurm does not tell when the job ends"
                            : pbs ? "PBS does not tell when the job ends"
                                  : "this is no job of a batch scheduler that tells when it ends"));
  }
  const std::string_view digits = text;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), seconds);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    throw wrong(fmt::format("--time-limit auto: SLURM_JOB_END_TIME is {}, which is no time", text));
  }
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(seconds) -
                                                  now.time_since_epoch());
}

} // namespace

milliseconds time_to_run(const TimeLimit& limit,
                         const std::function<const char*(const char*)>& environment,
                         TimePoint now) {
  if (limit.limit == "auto") {
    const milliseconds left = until_scheduler_ends_it(environment, now);
    return std::max(left - limit.stop_before.value_or(k_auto_margin), milliseconds{0});
  }
  const auto duration = parse_duration(limit.limit);
  if (!duration) {
    throw wrong(fmt::format("--time-limit {}: write a duration, such as 2h, or auto", limit.limit));
  }
  const auto left = std::chrono::duration_cast<milliseconds>(*duration) -
                    limit.stop_before.value_or(milliseconds{0});
  if (left <= milliseconds{0}) {
    throw wrong(fmt::format("--time-limit {} leaves no time to run", limit.limit));
  }
  return left;
}

} // namespace nightshift
