// SPDX-License-Identifier: Apache-2.0
//
// Where results and messages go when nobody, or something odd, is at the other end.

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OutputTest : public testing::Test {
 protected:
  OutputTest() {
    site_.add_captures("restoration", 3);
    site_.write_job_file();
  }

  // `line` for a shell, in which $nightshift is the program.
  tests::ProgramResult shell(const std::string& line) const {
    tests::ProgramSettings settings;
    settings.program = "/bin/sh";
    settings.folder = site_.path();
    settings.environment = {{"nightshift", NIGHTSHIFT_PROGRAM},
                            {"NIGHTSHIFT_STATE_DIR", site_.state().string()}};
    return tests::run_program({"-c", line}, settings);
  }

  tests::Site site_;
};

TEST_F(OutputTest, AFullDiskBehindStdoutIsAFailure) {
  const tests::ProgramResult result = shell("$nightshift plugins >/dev/full");
  EXPECT_EQ(result.exit_code, 74);
  EXPECT_THAT(result.err, HasSubstr("cannot write the results to stdout: No space left"));
}

TEST_F(OutputTest, AReaderThatHasSeenEnoughIsNoFailure) {
  const tests::ProgramResult result =
      shell("{ $nightshift schema; echo $? >code; } | head -n 1; cat code");
  EXPECT_EQ(result.out, "{\n0\n");
  EXPECT_EQ(result.err, "");
}

TEST_F(OutputTest, AFileIsNotTakenForAStreamThatWasClosed) {
  const tests::ProgramResult result =
      shell("$nightshift run jobs.yaml --log-file log <&- >&- 2>&-; echo $?; cat log");
  EXPECT_THAT(result.out, StartsWith("0\n"));
  EXPECT_THAT(result.out, HasSubstr("Finished job #1"));
  EXPECT_THAT(result.out, Not(HasSubstr("report:"))) << "results were written into the log file";
}

TEST_F(OutputTest, WhatWasPutInIsShownNowhere) {
  site_.write_job_file_text("version: 1\njobs:\n"
                            "  - {name: greet, type: hello, params: {name: \"${env:WHO}\"}}\n");
  const tests::ProgramResult result =
      shell("WHO=atropos $nightshift run jobs.yaml --json --log-file log; grep -rl atropos . log");
  EXPECT_THAT(result.err, HasSubstr("Hello, ${env:WHO}!"));
  EXPECT_THAT(result.err, Not(HasSubstr("atropos")));
  EXPECT_THAT(result.out, Not(HasSubstr("atropos")));
  EXPECT_EQ(result.exit_code, 1) << "grep found it in " << result.out;
}

TEST_F(OutputTest, AWorkingFolderThatIsGoneIsNoDefect) {
  const tests::ProgramResult result =
      shell("mkdir gone && cd gone && rmdir ../gone && $nightshift run jobs.yaml");
  EXPECT_EQ(result.exit_code, 66);
  EXPECT_THAT(result.err, HasSubstr("No such file or directory"));
  EXPECT_THAT(result.err, Not(HasSubstr("defect")));
}

TEST_F(OutputTest, AWrongCommandLineIsOneSentenceThatNamesTheHelp) {
  EXPECT_EQ(tests::run_program({"run"}).err,
            "nightshift: error: FILE is required; see \"nightshift run --help\"\n");
  const tests::ProgramResult none = tests::run_program({});
  EXPECT_EQ(none.exit_code, 64);
  EXPECT_THAT(none.err, StartsWith("nightshift: error: A subcommand is required"));
  const tests::ProgramResult negative =
      tests::run_program({"catalogue", "captures", "--limit", "-1"});
  EXPECT_EQ(negative.exit_code, 64);
  EXPECT_THAT(negative.err, HasSubstr("see \"nightshift catalogue captures --help\""));
}

TEST_F(OutputTest, TheVersionIsAlsoAnOption) {
  const tests::ProgramResult result = tests::run_program({"--version"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out, StartsWith("nightshift "));
}

} // namespace
} // namespace nightshift
