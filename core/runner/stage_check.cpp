// SPDX-License-Identifier: Apache-2.0

#include "core/runner/stage_check.hpp"

#include "core/base/text.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <array>
#include <string>

namespace nightshift {

void check_stage(const StageProgress& progress, const RunLimits& limits) {
  const std::int64_t listed = progress.get(Counter::listed);
  constexpr std::array k_parts{Counter::added, Counter::changed, Counter::unchanged,
                               Counter::skipped, Counter::failed};
  std::int64_t sum = 0;
  std::string parts;
  for (const Counter part : k_parts) {
    sum += progress.get(part);
    parts +=
        fmt::format("{}{} {}", parts.empty() ? "" : " + ", progress.get(part), to_string(part));
  }
  if (listed != sum) {
    throw permanent_error(
        error_code::k_not_reconciled,
        fmt::format("{} objects were listed, but {} were accounted for ({}); this "
                    "is a defect, please report it",
                    listed, sum, parts));
  }
  const auto max_failed = limits.max_failed;
  const std::int64_t failed = progress.get(Counter::failed);
  const std::int64_t all = listed + progress.get(Counter::passed_over);
  if (max_failed && static_cast<double>(failed) > *max_failed * static_cast<double>(all)) {
    throw permanent_error("too_many_failed",
                          fmt::format("{} of {} objects failed, more than max_failed allows ({}%)",
                                      grouped(failed), grouped(all), *max_failed * 100));
  }
}

} // namespace nightshift
