// SPDX-License-Identifier: Apache-2.0

#include "core/config/job_file.hpp"
#include "core/runner/plan.hpp"
#include "core/runner/run_failure.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <new>
#include <stdexcept>

namespace nightshift {
namespace {

template <class Thrown>
RunFailure failure_of(const Thrown& thrown) {
  try {
    throw thrown;
  } catch (...) {
    return failure_of_current_exception();
  }
}

TEST(RunFailure, IsTheCodeAndTheSentenceOfWhatWasThrown) {
  const RunFailure found =
      failure_of(permanent_error(error_code::k_not_found, "there is no job 7"));
  EXPECT_EQ(found.exit_code, ExitCode::no_input);
  EXPECT_EQ(found.text, "nightshift: error: there is no job 7\n");
  EXPECT_EQ(failure_of(JobFileError("a.yaml:1:1: error: no\n", 1)).exit_code, ExitCode::config);
  const RunFailure plan = failure_of(PlanError("error: no source\n", ExitCode::no_input));
  EXPECT_EQ(plan.exit_code, ExitCode::no_input);
  EXPECT_EQ(plan.text, "error: no source\n");
}

TEST(RunFailure, OfTheFileSystemIsNoDefect) {
  const RunFailure gone = failure_of(std::filesystem::filesystem_error(
      "cannot make absolute path", "jobs.yaml",
      std::make_error_code(std::errc::no_such_file_or_directory)));
  EXPECT_EQ(gone.exit_code, ExitCode::no_input);
  EXPECT_EQ(gone.text, "nightshift: error: cannot use jobs.yaml: No such file or directory\n");
}

TEST(RunFailure, ThatNoThreadCanBeStartedIsNoDefect) {
  const RunFailure found = failure_of(
      std::system_error(std::make_error_code(std::errc::resource_unavailable_try_again)));
  EXPECT_EQ(found.exit_code, ExitCode::unavailable);
  EXPECT_NE(found.text.find("ulimit -u"), std::string::npos) << found.text;
}

TEST(RunFailure, OfAnyOtherKindIsADefectAndSaysSo) {
  EXPECT_EQ(failure_of(std::bad_alloc()).text, "nightshift: error: out of memory\n");
  for (const RunFailure& defect : {failure_of(std::runtime_error("odd")), failure_of(42)}) {
    EXPECT_EQ(defect.exit_code, ExitCode::internal);
    EXPECT_NE(defect.text.find("please report it"), std::string::npos) << defect.text;
  }
}

} // namespace
} // namespace nightshift
