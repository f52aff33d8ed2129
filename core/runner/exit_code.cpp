// SPDX-License-Identifier: Apache-2.0

#include "core/runner/exit_code.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace nightshift {
namespace {

struct Named {
  ExitCode code;
  std::string_view name;
};

// From the most severe to the least.
constexpr std::array<Named, 17> k_by_severity{{{ExitCode::internal, "internal"},
                                               {ExitCode::usage, "usage"},
                                               {ExitCode::config, "config"},
                                               {ExitCode::interrupted, "interrupted"},
                                               {ExitCode::terminated, "terminated"},
                                               {ExitCode::io, "io"},
                                               {ExitCode::no_permission, "no_permission"},
                                               {ExitCode::no_input, "no_input"},
                                               {ExitCode::cannot_create, "cannot_create"},
                                               {ExitCode::data, "data"},
                                               {ExitCode::unavailable, "unavailable"},
                                               {ExitCode::timeout, "timeout"},
                                               {ExitCode::failed, "failed"},
                                               {ExitCode::checkpointed, "checkpointed"},
                                               {ExitCode::try_later, "try_later"},
                                               {ExitCode::partial, "partial"},
                                               {ExitCode::ok, "ok"}}};

const Named* find(ExitCode code) {
  return std::find_if(k_by_severity.begin(), k_by_severity.end(),
                      [code](const Named& named) { return named.code == code; });
}

struct Mapped {
  std::string_view code;
  ExitCode exit;
};

constexpr std::array<Mapped, 11> k_of_errors{
    {{error_code::k_not_found, ExitCode::no_input},
     {error_code::k_denied, ExitCode::no_permission},
     {error_code::k_no_space, ExitCode::io},
     {error_code::k_io, ExitCode::io},
     {error_code::k_cannot_create, ExitCode::cannot_create},
     {error_code::k_bad_data, ExitCode::data},
     {error_code::k_busy, ExitCode::try_later},
     {error_code::k_unavailable, ExitCode::unavailable},
     {error_code::k_unsupported, ExitCode::config},
     {error_code::k_config, ExitCode::config},
     {error_code::k_plugin, ExitCode::config}}};

} // namespace

std::string_view to_string(ExitCode code) noexcept {
  return find(code)->name;
}

ExitCode exit_code_of(const JobError& error) noexcept {
  const auto* const found =
      std::find_if(k_of_errors.begin(), k_of_errors.end(),
                   [&](const Mapped& mapped) { return mapped.code == error.code(); });
  return found != k_of_errors.end() ? found->exit : ExitCode::internal;
}

ExitCode exit_code_of(const ReportedJob& job) noexcept {
  if (job.status == JobStatus::success || was_skipped(job)) {
    return ExitCode::ok;
  }
  if (job.reason == "overlap" || job.reason == error_code::k_busy) {
    return ExitCode::try_later;
  }
  if (job.reason == "stuck") {
    return ExitCode::internal;
  }
  return job.reason == error_code::k_timeout || job.reason == "stalled" ? ExitCode::timeout
                                                                        : ExitCode::failed;
}

ExitCode more_severe(ExitCode a, ExitCode b) noexcept {
  return find(a) < find(b) ? a : b;
}

} // namespace nightshift
