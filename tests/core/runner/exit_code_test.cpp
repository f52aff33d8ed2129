// SPDX-License-Identifier: Apache-2.0

#include "core/runner/exit_code.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(ExitCode, FollowsSysexits) {
  EXPECT_EQ(static_cast<int>(ExitCode::usage), 64);
  EXPECT_EQ(static_cast<int>(ExitCode::no_input), 66);
  EXPECT_EQ(static_cast<int>(ExitCode::io), 74);
  EXPECT_EQ(static_cast<int>(ExitCode::config), 78);
}

struct OfError {
  const char* code;
  ExitCode exit;
};

class ExitCodeOfError : public testing::TestWithParam<OfError> {};

TEST_P(ExitCodeOfError, IsTheDocumentedOne) {
  EXPECT_EQ(exit_code_of(permanent_error(GetParam().code, "x")), GetParam().exit);
}

INSTANTIATE_TEST_SUITE_P(, ExitCodeOfError,
                         testing::Values(OfError{error_code::k_not_found, ExitCode::no_input},
                                         OfError{error_code::k_denied, ExitCode::no_permission},
                                         OfError{error_code::k_no_space, ExitCode::io},
                                         OfError{error_code::k_io, ExitCode::io},
                                         OfError{error_code::k_cannot_create,
                                                 ExitCode::cannot_create},
                                         OfError{error_code::k_bad_data, ExitCode::data},
                                         OfError{error_code::k_busy, ExitCode::try_later},
                                         OfError{error_code::k_unavailable, ExitCode::unavailable},
                                         OfError{error_code::k_config, ExitCode::config},
                                         OfError{error_code::k_plugin, ExitCode::config},
                                         OfError{error_code::k_internal, ExitCode::internal},
                                         OfError{"a code of a plugin's own", ExitCode::internal}),
                         [](const auto& tested) { return "Of" + std::to_string(tested.index); });

ExitCode of_job(JobStatus status, std::string reason) {
  ReportedJob job;
  job.status = status;
  job.reason = std::move(reason);
  return exit_code_of(job);
}

TEST(ExitCodeOfJob, SaysWhyItDidNotSucceed) {
  EXPECT_EQ(of_job(JobStatus::success, ""), ExitCode::ok);
  EXPECT_EQ(of_job(JobStatus::success, "partial"), ExitCode::ok);
  EXPECT_EQ(of_job(JobStatus::revoked, "overlap"), ExitCode::ok) << "skipped";
  EXPECT_EQ(of_job(JobStatus::failure, "overlap"), ExitCode::try_later);
  EXPECT_EQ(of_job(JobStatus::failure, "busy"), ExitCode::try_later);
  EXPECT_EQ(of_job(JobStatus::failure, "timeout"), ExitCode::timeout);
  EXPECT_EQ(of_job(JobStatus::failure, "stalled"), ExitCode::timeout);
  EXPECT_EQ(of_job(JobStatus::failure, "stuck"), ExitCode::internal);
  EXPECT_EQ(of_job(JobStatus::failure, "mass_loss"), ExitCode::failed);
  EXPECT_EQ(of_job(JobStatus::revoked, "needs"), ExitCode::failed);
}

TEST(ExitCode, OfTwoTheMoreSevereWins) {
  EXPECT_EQ(more_severe(ExitCode::ok, ExitCode::failed), ExitCode::failed);
  EXPECT_EQ(more_severe(ExitCode::config, ExitCode::no_input), ExitCode::config);
  EXPECT_EQ(more_severe(ExitCode::internal, ExitCode::terminated), ExitCode::internal);
  EXPECT_EQ(more_severe(ExitCode::failed, ExitCode::partial), ExitCode::failed);
}

TEST(ExitCode, HasANameForReports) {
  EXPECT_EQ(to_string(ExitCode::ok), "ok");
  EXPECT_EQ(to_string(ExitCode::checkpointed), "checkpointed");
}

} // namespace
} // namespace nightshift
