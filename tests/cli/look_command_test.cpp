// SPDX-License-Identifier: Apache-2.0

#include "core/record/owner_lock.hpp"
#include "tests/support/await.hpp"
#include "tests/support/content_of.hpp"
#include "tests/support/site.hpp"

#include <nightshift/abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

class LookCommandTest : public testing::Test {
 protected:
  LookCommandTest() {
    site_.add_captures("restoration", 30);
    site_.write_job_file();
    EXPECT_EQ(site_.sync().exit_code, 0);
  }

  tests::Site site_;
};

TEST_F(LookCommandTest, JobsListsTheNewestFirst) {
  ASSERT_EQ(site_.sync().exit_code, 0);
  const tests::ProgramResult result = site_.run({"jobs"});
  EXPECT_EQ(result.exit_code, 0);
  const auto second = result.out.find("\n     2  SUCCESS");
  const auto first = result.out.find("\n     1  SUCCESS");
  EXPECT_NE(first, std::string::npos) << result.out;
  EXPECT_LT(second, first);
  const Json list = Json::parse(site_.run({"jobs", "--json"}).out);
  EXPECT_EQ(list["count"], 2);
  EXPECT_EQ(list["results"][0]["id"], 2);
}

TEST_F(LookCommandTest, JobsOfAPlaceWithoutAnyIsAnEmptyList) {
  const tests::TempDir empty;
  const auto result = tests::run_program({"jobs", "--state-dir", (empty / "nothing").string()});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("no jobs are recorded in " + (empty / "nothing").string()));
  EXPECT_FALSE(std::filesystem::exists(empty / "nothing")) << "looking makes nothing";
}

TEST_F(LookCommandTest, ACatalogueThatIsNotThereIsNamedAndNotMade) {
  const tests::TempDir empty;
  const auto result =
      tests::run_program({"catalogue", "captures", "--state-dir", empty.path().string()});
  EXPECT_EQ(result.exit_code, 66);
  EXPECT_THAT(result.err, HasSubstr("there is no catalogue " + (empty / "catalogue.db").string()));
  EXPECT_TRUE(std::filesystem::is_empty(empty.path()));
}

TEST_F(LookCommandTest, TheCatalogueCanBeLookedAtWhereNothingMayBeWritten) {
  tests::ProgramSettings nobody;
  nobody.as_nobody = true;
  const tests::ProgramResult result = site_.run({"catalogue", "captures", "--json"}, nobody);
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(std::count(result.out.begin(), result.out.end(), '\n'), 30);
}

TEST_F(LookCommandTest, ColumnsStandBelowEachOtherWhateverTheNamesAre) {
  site_.add_captures("restoration/Fluß 夜", 1, 90);
  ASSERT_EQ(site_.sync().exit_code, 0);
  const std::string text = site_.run({"catalogue", "captures"}).out;
  // Cut where the wide names end: "ß" takes a column, "夜" two, in two and three bytes.
  const auto column_of_state = [&](const std::string& name) {
    const auto line = text.rfind('\n', text.find(name)) + 1;
    return text.find("present", line) - line;
  };
  EXPECT_EQ(column_of_state("restoration/Fluß 夜"), column_of_state("restoration/2024") + 2);
}

TEST_F(LookCommandTest, ShowTellsAPersonWhatAJobDid) {
  const std::string text = site_.run({"show", "1"}).out;
  EXPECT_THAT(text, HasSubstr("job #1 \"Sync captures for deployment 250\""));
  EXPECT_THAT(text, HasSubstr("30 new"));
  EXPECT_THAT(text, HasSubstr("Data storage sync"));
  EXPECT_THAT(text, HasSubstr("Finished syncing captures"));
}

TEST_F(LookCommandTest, ShowAsJsonIsTheRecordByteForByte) {
  std::ifstream stream(site_.state() / "jobs/1/job.json");
  const std::string file((std::istreambuf_iterator<char>(stream)), {});
  EXPECT_EQ(site_.run({"show", "1", "--json"}).out, file);
}

TEST_F(LookCommandTest, ARecordThatWasLostIsRebuiltFromTheJournal) {
  const Json before = site_.record(1);
  std::filesystem::remove(site_.state() / "jobs/1/job.json");
  EXPECT_EQ(site_.run({"show", "1", "--rebuild"}).exit_code, 0);
  EXPECT_EQ(site_.record(1), before);
}

TEST_F(LookCommandTest, ARecordIsNotRebuiltWhileItsJobRuns) {
  const auto record = site_.folder().write("state/jobs/1/job.json", "its owner's");
  OwnerLock somebody(site_.state() / "jobs/1/owner.json");
  ASSERT_TRUE(somebody.try_take());
  const tests::ProgramResult result = site_.run({"show", "1", "--rebuild"});
  EXPECT_EQ(result.exit_code, 75);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("job 1 is being run by"));
  EXPECT_EQ(tests::content_of(record), "its owner's");
}

TEST_F(LookCommandTest, LogsAreOldestFirst) {
  const std::string text = site_.run({"logs", "1"}).out;
  EXPECT_LT(text.find("Running job #1"), text.find("Finished job #1"));
  const std::string events = site_.run({"logs", "1", "--json"}).out;
  EXPECT_THAT(events, HasSubstr("\"event\":\"job.created\""));
}

TEST_F(LookCommandTest, LogsOfAJobThatHasEndedDoNotWait) {
  EXPECT_THAT(site_.run({"logs", "1", "--follow"}).out, HasSubstr("Finished job #1"));
}

TEST_F(LookCommandTest, LogsFollowAJobToItsEnd) {
  site_.write_job_file("restoration", "    delay: 1s\n");
  tests::Program sync({"run", site_.job_file().string(), "--state-dir", site_.state().string()});
  tests::await("job 2 is recorded", [this] { return site_.record(2).is_object(); });
  EXPECT_THAT(site_.run({"logs", "2", "-f"}).out, HasSubstr("Finished job #2"));
  EXPECT_EQ(sync.wait().exit_code, 0);
}

TEST_F(LookCommandTest, AJobThatIsNotThereIsNamed) {
  for (const char* command : {"show", "logs", "start"}) {
    const tests::ProgramResult result = site_.run({command, "77"});
    EXPECT_EQ(result.exit_code, 66) << command;
    EXPECT_THAT(result.err, HasSubstr("there is no job 77 in")) << command;
  }
}

TEST_F(LookCommandTest, CapturesAreListedWithTheirSessions) {
  const auto rows = site_.view("captures");
  ASSERT_EQ(rows.size(), 30U);
  EXPECT_EQ(rows[0]["path"], "restoration/20240601213000-snapshot.jpg");
  EXPECT_EQ(rows[0]["timestamp"], "2024-06-01T21:30:00");
  EXPECT_EQ(rows[0]["state"], "present");
  EXPECT_FALSE(rows[0]["session_id"].is_null());
  EXPECT_THAT(site_.run({"catalogue", "sessions"}).out, HasSubstr("2024-06-01"));
}

TEST_F(LookCommandTest, PluginsAreListedWithParametersFileAndHash) {
  const tests::ProgramResult result = tests::run_program({"plugins"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("data_storage_sync"));
  EXPECT_THAT(result.out, HasSubstr("max_gap"));
  EXPECT_THAT(result.out, HasSubstr("sha256"));
  EXPECT_THAT(result.out, HasSubstr("default [jpg, jpeg, "));
  EXPECT_THAT(result.out, HasSubstr("(fingerprint or full or quick; default fingerprint)"));
  const Json plugins = Json::parse(tests::run_program({"plugins", "--json"}).out)["plugins"];
  EXPECT_EQ(plugins.size(), 3U);
}

TEST_F(LookCommandTest, VersionNamesTheInterface) {
  const Json version = Json::parse(tests::run_program({"version", "--json"}).out);
  EXPECT_EQ(version["plugin_interface"], NIGHTSHIFT_INTERFACE_VERSION);
}

TEST_F(LookCommandTest, ValidateWritesNothing) {
  const tests::Site other;
  other.add_captures("restoration", 3);
  other.write_job_file();
  const tests::ProgramResult result = other.run({"validate", other.job_file().string()});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 job, no mistakes found"));
  EXPECT_FALSE(std::filesystem::exists(other.state()));
}

TEST_F(LookCommandTest, SchemaIsJson) {
  const Json schema = Json::parse(tests::run_program({"schema"}).out);
  EXPECT_TRUE(schema.contains("$schema"));
}

TEST_F(LookCommandTest, ResultsGoToStdoutAndHelpIsHelp) {
  const tests::ProgramResult help = tests::run_program({"--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.out, HasSubstr("run"));
  EXPECT_EQ(help.err, "");
}

TEST_F(LookCommandTest, HelpSaysWhetherAJobFilesStateDirectoryCounts) {
  const auto help_of = [](const char* command) {
    return tests::run_program({command, "--help"}).out;
  };
  for (const char* const with_job_file : {"run", "create", "plan", "validate", "doctor"}) {
    EXPECT_THAT(help_of(with_job_file), HasSubstr("(default: the job file's state_dir, else "));
  }
  for (const char* const without :
       {"jobs", "show", "logs", "cancel", "start", "retry", "gc", "report", "serve"}) {
    EXPECT_THAT(help_of(without), HasSubstr("(default: $NIGHTSHIFT_STATE_DIR, else ")) << without;
  }
}

TEST_F(LookCommandTest, HelpNamesAnOptionsValueOnce) {
  const std::string help = tests::run_program({"--help-all"}).out;
  EXPECT_THAT(help, HasSubstr("--jobs-dir DIR "));
  EXPECT_THAT(help, Not(HasSubstr("DIR:DIR")));
  EXPECT_THAT(help, Not(HasSubstr(" N:")));
}

} // namespace
} // namespace nightshift
