// SPDX-License-Identifier: Apache-2.0
//
// What a person gets for every input that is wrong: one sentence, the documented exit code, and
// nothing lost or half written.

#include "tests/support/site.hpp"
#include "tests/support/small_disk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class BadInputTest : public testing::Test {
 protected:
  BadInputTest() {
    site_.add_captures("restoration", 30);
    site_.write_job_file();
  }

  // A run that must end like this, with the state directory as it was.
  void expect_refused(const tests::ProgramResult& result, int exit_code,
                      const std::string& sentence) {
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_THAT(result.err, HasSubstr(sentence));
    EXPECT_EQ(result.out, "");
  }

  void expect_nothing_written() {
    EXPECT_FALSE(std::filesystem::exists(site_.state() / "jobs/1"));
    EXPECT_FALSE(std::filesystem::exists(site_.state() / "catalogue.db"));
  }

  tests::Site site_;
};

TEST_F(BadInputTest, NoJobFile) {
  std::filesystem::remove(site_.job_file());
  expect_refused(site_.sync(), 66, "jobs.yaml");
  expect_nothing_written();
}

TEST_F(BadInputTest, AFolderAsJobFile) {
  std::filesystem::remove(site_.job_file());
  std::filesystem::create_directory(site_.job_file());
  expect_refused(site_.sync(), 65, "jobs.yaml");
}

TEST_F(BadInputTest, AJobFileThatMayNotBeRead) {
  std::filesystem::permissions(site_.job_file(), std::filesystem::perms::none);
  tests::ProgramSettings settings;
  settings.as_nobody = true;
  settings.program = site_.copy_program();
  expect_refused(site_.run({"run", site_.job_file().string()}, settings), 77, "jobs.yaml");
}

TEST_F(BadInputTest, AnEmptyJobFile) {
  site_.write_job_file_text("");
  expect_refused(site_.sync(), 78, "is empty");
}

TEST_F(BadInputTest, ABinaryJobFile) {
  site_.write_job_file_text(std::string("\x7F"
                                        "ELF\0\1\2",
                                        7));
  expect_refused(site_.sync(), 78, "jobs.yaml:1:");
}

TEST_F(BadInputTest, AJobFileOf50Megabytes) {
  std::ofstream stream(site_.job_file());
  const std::string line(1023, '#');
  for (int i = 0; i < 50 * 1024; ++i) {
    stream << line << '\n';
  }
  stream.close();
  expect_refused(site_.sync(), 78, "CSV");
}

TEST_F(BadInputTest, AJobFileNestedWithoutEnd) {
  site_.write_job_file_text("version: 1\njobs: " + std::string(100'000, '['));
  expect_refused(site_.sync(), 78, "jobs.yaml:");
}

TEST_F(BadInputTest, EveryMistakeIsToldAtOnceWithItsPlace) {
  site_.write_job_file_text("version: 1\n"
                            "sources: {disk: {uri: \"file:///tmp\"}}\n"
                            "defaults: {atempts: 3}\n"
                            "jobs:\n"
                            "  - {name: a, type: hello, delay: soon}\n"
                            "  - {name: a, type: hello}\n");
  const tests::ProgramResult result = site_.sync();
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("jobs.yaml:3:12: error: "), HasSubstr("did you mean \"attempts\"?"),
                    HasSubstr("jobs.yaml:5:"), HasSubstr("jobs.yaml:6:")));
}

TEST_F(BadInputTest, AJobTypeThatNoPluginProvides) {
  site_.write_job_file_text("version: 1\njobs:\n  - {name: a, type: helo}\n");
  const tests::ProgramResult result = site_.sync();
  expect_refused(result, 78, "no plugin provides the job type \"helo\"");
  EXPECT_THAT(result.err, AllOf(HasSubstr("jobs.yaml:3:"), HasSubstr("did you mean \"hello\"?")));
  expect_nothing_written();
}

TEST_F(BadInputTest, ParametersThatThePluginDoesNotTake) {
  site_.write_job_file_text("version: 1\njobs:\n"
                            "  - {name: a, type: hello, params: {nmae: x, times: 0}}\n");
  const tests::ProgramResult result = site_.sync();
  expect_refused(result, 78, "params has no key \"nmae\"");
  EXPECT_THAT(result.err, AllOf(HasSubstr("did you mean \"name\"?"), HasSubstr("times must be")));
}

TEST_F(BadInputTest, ATypeThatNeedsADeployment) {
  site_.write_job_file_text("version: 1\njobs:\n  - {name: a, type: data_storage_sync}\n");
  expect_refused(site_.sync(), 78, "needs a deployment");
}

TEST_F(BadInputTest, ARegexThatCannotBeMatchedInLinearTime) {
  site_.write_job_file("restoration, regex: \"^(?!.*thumb)\"");
  const tests::ProgramResult result = site_.sync();
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err,
              AllOf(HasSubstr("jobs.yaml:6:"), HasSubstr("lookahead"), HasSubstr("exclude")));
}

TEST_F(BadInputTest, ASourceFolderThatIsNotThere) {
  std::filesystem::remove_all(site_.captures());
  expect_refused(site_.sync(), 66, "source \"disk\"");
  expect_nothing_written();
}

TEST_F(BadInputTest, ADeploymentFolderThatIsNotThereFailsItsJobAndMarksNothing) {
  ASSERT_EQ(site_.sync().exit_code, 0);
  std::filesystem::rename(site_.captures() / "restoration", site_.captures() / "elsewhere");
  const tests::ProgramResult result = site_.sync();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(site_.record(2)["runner"]["reason"], "not_found");
  EXPECT_EQ(site_.view("deployments")[0]["captures_count"], "30");
}

TEST_F(BadInputTest, ACatalogueThatIsNoDatabase) {
  ASSERT_EQ(site_.sync().exit_code, 0);
  site_.folder().write("state/catalogue.db", "this is a letter to my aunt, not a database at all");
  expect_refused(site_.sync(), 65, "catalogue.db");
  EXPECT_FALSE(std::filesystem::exists(site_.state() / "jobs/2"));
}

TEST_F(BadInputTest, ACatalogueOfANewerVersion) {
  ASSERT_EQ(site_.sync().exit_code, 0);
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((site_.state() / "catalogue.db").c_str(), &database), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(database, "PRAGMA user_version=99", nullptr, nullptr, nullptr), SQLITE_OK);
  sqlite3_close(database);
  expect_refused(site_.sync(), 65, "newer");
}

TEST_F(BadInputTest, ACatalogueThatMayNotBeWritten) {
  site_.write_job_file("restoration", "catalogue: sqlite:/proc/catalogue.db\n");
  const tests::ProgramResult result = site_.sync();
  EXPECT_TRUE(result.exit_code == 73 || result.exit_code == 77) << result.exit_code << result.err;
  EXPECT_THAT(result.err, HasSubstr("/proc/catalogue.db"));
}

TEST_F(BadInputTest, AStateDirectoryOnAReadOnlyDisk) {
  const tests::SmallDisk disk(1 << 20);
  disk.make_read_only();
  const tests::ProgramResult result = tests::run_program(
      {"run", site_.job_file().string(), "--state-dir", (disk.path() / "state").string()});
  EXPECT_EQ(result.exit_code, 73) << result.err;
  EXPECT_THAT(result.err, HasSubstr(disk.path().string()));
}

TEST_F(BadInputTest, AFullDiskFailsTheJobAndLeavesEveryFileWhole) {
  site_.add_captures("restoration", 4000);
  const tests::SmallDisk disk(std::size_t{600} << 10U);
  const auto state = disk.path() / "state";
  const tests::ProgramResult result =
      tests::run_program({"run", site_.job_file().string(), "--state-dir", state.string()});
  EXPECT_TRUE(result.exit_code == 1 || result.exit_code == 74) << result.exit_code << result.err;
  EXPECT_THAT(result.err, HasSubstr("no space"));
  const Json record = Json::parse(std::ifstream(state / "jobs/1/job.json"), nullptr, false);
  ASSERT_FALSE(record.is_discarded());
  EXPECT_EQ(record["status"], "FAILURE");
  EXPECT_EQ(record["runner"]["reason"], "no_space");
}

TEST_F(BadInputTest, APluginThatIsNone) {
  site_.folder().write("plugins/broken.so", "not a library");
  std::filesystem::permissions(site_.path() / "plugins", std::filesystem::perms(0755));
  site_.write_job_file_text("version: 1\njobs:\n  - {name: a, type: broken}\n");
  const tests::ProgramResult result =
      site_.sync({"--plugin-dir", (site_.path() / "plugins").string()});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err, HasSubstr("broken.so"));
}

TEST_F(BadInputTest, AWrongCommandLine) {
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{},
                                                    {"rnu"},
                                                    {"run"},
                                                    {"run", "a", "b"},
                                                    {"run", "x", "--nonsense"},
                                                    {"show", "one"},
                                                    {"run", "x", "--threads", "0"}}) {
    const tests::ProgramResult result = tests::run_program(arguments);
    EXPECT_EQ(result.exit_code, 64) << result.err;
    EXPECT_NE(result.err, "");
    EXPECT_EQ(result.out, "");
  }
}

} // namespace
} // namespace nightshift
