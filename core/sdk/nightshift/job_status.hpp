// SPDX-License-Identifier: Apache-2.0
//
// Antenna's status words. What they mean in detail (timeout, lost, cancelled ...) is a
// `reason` beside the status, never a further word here.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace nightshift {

enum class JobStatus : std::uint8_t {
  created,
  pending,
  started,
  success,
  failure,
  retry,
  canceling,
  revoked,
  received,
  unknown,
};

inline constexpr std::array<std::string_view, 10> k_job_status_names{
    "CREATED", "PENDING",   "STARTED", "SUCCESS",  "FAILURE",
    "RETRY",   "CANCELING", "REVOKED", "RECEIVED", "UNKNOWN"};

[[nodiscard]] constexpr std::string_view to_string(JobStatus status) noexcept {
  return k_job_status_names[static_cast<std::size_t>(status)];
}

[[nodiscard]] constexpr std::optional<JobStatus> job_status_from(std::string_view text) noexcept {
  for (std::size_t i = 0; i < k_job_status_names.size(); ++i) {
    if (k_job_status_names[i] == text) {
      return static_cast<JobStatus>(i);
    }
  }
  return std::nullopt;
}

[[nodiscard]] constexpr bool is_final(JobStatus status) noexcept {
  return status == JobStatus::success || status == JobStatus::failure ||
         status == JobStatus::revoked;
}

} // namespace nightshift
