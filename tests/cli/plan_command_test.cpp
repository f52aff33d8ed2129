// SPDX-License-Identifier: Apache-2.0
//
// A plan's figures are those of the run after it, and nothing shows that it was made.

#include "tests/cli/busy_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sqlite3.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <map>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class PlanCommandTest : public testing::Test {
 protected:
  PlanCommandTest() {
    fs::create_directory(site_.path() / "tmp");
    fs::permissions(site_.path() / "tmp", fs::perms(0777));
    settings_.environment = {{"TMPDIR", (site_.path() / "tmp").string()}};
    site_.write_job_file();
  }

  tests::ProgramResult plan(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"plan", site_.job_file().string()});
    return site_.run(std::move(more), settings_);
  }

  Json plan_json(std::vector<std::string> more = {}) {
    more.emplace_back("--json");
    const tests::ProgramResult result = plan(std::move(more));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return Json::parse(result.out);
  }

  // Every file and folder of the site with what a write would change of it.
  [[nodiscard]] std::map<std::string, std::string> traces() const {
    std::map<std::string, std::string> found;
    for (const auto& entry : fs::recursive_directory_iterator(site_.path())) {
      struct stat status {};

      lstat(entry.path().c_str(), &status);
      const bool scratch = entry.path() == site_.path() / "tmp";
      found[entry.path()] = std::to_string(status.st_size) + ' ' + std::to_string(status.st_ino) +
                            ' ' + std::to_string(scratch ? 0 : status.st_mtim.tv_sec) + ' ' +
                            std::to_string(scratch ? 0 : status.st_mtim.tv_nsec);
    }
    return found;
  }

  tests::Site site_;
  tests::ProgramSettings settings_;
};

TEST_F(PlanCommandTest, OfAFirstRunMakesNeitherCatalogueNorStateDirectory) {
  site_.add_captures("restoration", 30);
  const auto before = traces();
  const Json preview = plan_json();
  EXPECT_EQ(traces(), before);
  EXPECT_FALSE(fs::exists(site_.state()));
  EXPECT_EQ(preview["catalogue_exists"], false);
  EXPECT_EQ(preview["jobs"][0]["outcome"], "success");
  EXPECT_EQ(preview["jobs"][0]["counts"]["new"], 30);
  EXPECT_EQ(preview["jobs"][0]["sessions"]["new"], 1);
}

TEST_F(PlanCommandTest, CountsWhatTheNextRunDoes) {
  site_.add_captures("restoration", 30);
  ASSERT_EQ(site_.sync().exit_code, 0);
  site_.add_captures("restoration", 5, 25 * 60);                              // the next evening
  std::ofstream(site_.captures() / "restoration/no-date.jpg") << "jpeg";      // undated
  std::ofstream(site_.captures() / "restoration/20240601213000-snapshot.jpg") // changed
      << "another size";
  fs::remove(site_.captures() / "restoration/20240601213100-snapshot.jpg");
  const auto before = traces();
  const Json counts = plan_json()["jobs"][0]["counts"];
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(counts["new"], 6);
  EXPECT_EQ(counts["changed"], 1);
  EXPECT_EQ(counts["missing"], 1);
  EXPECT_EQ(counts["undated"], 1);
  ASSERT_EQ(site_.sync().exit_code, 0);
  EXPECT_EQ(site_.record(2)["runner"]["counts"], counts);
}

TEST_F(PlanCommandTest, TellsWhatBecomesOfSessions) {
  site_.add_captures("restoration", 10);
  site_.add_captures("restoration", 10, 24 * 60);
  ASSERT_EQ(site_.sync().exit_code, 0);
  for (int minute = 30; minute < 40; ++minute) { // all of the first evening
    fs::remove(site_.captures() / "restoration" /
               ("202406012" + std::to_string(1) + std::to_string(minute) + "00-snapshot.jpg"));
  }
  site_.add_captures("restoration", 1, 24 * 60 + 10); // longer
  site_.add_captures("restoration", 3, 48 * 60);      // another
  EXPECT_EQ(plan_json({"--allow-missing"})["jobs"][0]["sessions"],
            (Json{{"new", 1}, {"changed", 1}, {"gone", 1}}));
}

TEST_F(PlanCommandTest, IsAlignedForPeople) {
  site_.add_captures("restoration", 1500);
  const tests::ProgramResult result = plan();
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(result.out,
              HasSubstr("JOB                                     NEW    CHANGED    MISSING    "
                        "UNDATED  SESSIONS\n"
                        "Sync captures for deployment 250      1,500          0          0"
                        "          0  2 new\n"));
  EXPECT_THAT(result.out, HasSubstr("1 job: 1 would succeed; nothing was written\n"));
  EXPECT_EQ(result.err, "");
}

TEST_F(PlanCommandTest, SaysThatTheMassLossGuardWouldSpeak) {
  site_.add_captures("restoration", 100);
  ASSERT_EQ(site_.sync().exit_code, 0);
  fs::remove_all(site_.captures() / "restoration");
  fs::create_directory(site_.captures() / "restoration");
  const tests::ProgramResult result = plan();
  EXPECT_EQ(result.exit_code, 0) << "the plan could be made";
  EXPECT_THAT(result.out, HasSubstr("would fail (mass_loss): 100 of the 100 captures"));
  EXPECT_EQ(plan_json({"--allow-missing"})["jobs"][0]["counts"]["missing"], 100);
}

TEST_F(PlanCommandTest, SaysWhyEachJobWouldFailOrBeSkipped) {
  site_.write_job_file("gone", "  - {name: after, type: hello, needs: [\"Sync captures for "
                               "deployment {deployment.id}\"]}\n"
                               "  - {name: free, type: hello}\n");
  const Json jobs = plan_json()["jobs"];
  EXPECT_EQ(jobs[0]["outcome"], "failure");
  EXPECT_EQ(jobs[0]["reason"], "not_found");
  EXPECT_THAT(jobs[0]["message"].get<std::string>(), HasSubstr("gone"));
  EXPECT_EQ(jobs[1]["outcome"], "skipped");
  EXPECT_EQ(jobs[1]["reason"], "needs");
  EXPECT_EQ(jobs[2]["outcome"], "success");
}

TEST_F(PlanCommandTest, TriesTheJobsOfADeploymentOneAfterAnother) {
  site_.add_captures("restoration", 1500);
  site_.write_job_file("restoration",
                       "  - {name: again, type: data_storage_sync, deployment: 250}\n"
                       "  - {name: once more, type: data_storage_sync, deployment: 250}\n");
  const Json jobs = plan_json({"--jobs", "3"})["jobs"];
  EXPECT_EQ(jobs[0]["counts"]["new"], 1500);
  EXPECT_EQ(jobs[1]["counts"]["unchanged"], 1500);
  EXPECT_EQ(jobs[2]["counts"]["unchanged"], 1500);
}

TEST(PlanOfABusyDeployment, SaysWhoWritesItAndDisturbsNobody) {
  const tests::BusySite site;
  const tests::ProgramResult plan = site.run({"plan", site.job_file().string(), "--json"});
  EXPECT_EQ(plan.exit_code, 0);
  const Json job = Json::parse(plan.out)["jobs"][0];
  EXPECT_EQ(job["counts"]["new"], 3);
  EXPECT_THAT(job["warnings"][0].get<std::string>(),
              testing::AllOf(HasSubstr("deployment 250 is busy: pid"), HasSubstr("--on-overlap")));
  EXPECT_EQ(site.record(1)["status"], "STARTED");
}

TEST_F(PlanCommandTest, ThatCannotBeMadeExitsAsTheRunWould) {
  fs::remove_all(site_.captures());
  const tests::ProgramResult result = plan();
  const tests::ProgramResult run = site_.sync();
  EXPECT_EQ(result.exit_code, 66);
  EXPECT_EQ(result.exit_code, run.exit_code);
  EXPECT_EQ(result.err, run.err);
}

TEST_F(PlanCommandTest, TakesTheOptionsOfARun) {
  site_.add_captures("restoration", 3);
  site_.write_job_file("restoration", "  - {name: other, type: hello}\n");
  EXPECT_EQ(plan_json({"--only", "other"})["jobs"].size(), 1U);
  EXPECT_EQ(plan_json({"--deployment", "250"})["jobs"][0]["deployment"]["id"], 250);
  EXPECT_EQ(plan({"--deployment", "251"}).exit_code, 66);
  EXPECT_EQ(plan({"--set", "jobs"}).exit_code, 78);
}

TEST_F(PlanCommandTest, WorksWhereNothingMayBeWritten) {
  site_.add_captures("restoration", 30);
  ASSERT_EQ(site_.sync().exit_code, 0);
  settings_.program = site_.copy_program();
  settings_.as_nobody = true;
  const auto before = traces();
  const Json preview = plan_json();
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(preview["jobs"][0]["counts"]["unchanged"], 30);
  EXPECT_THAT(preview["problem"].get<std::string>(), HasSubstr("cannot use catalogue"));
}

TEST_F(PlanCommandTest, SeesWhatALiveWriterHasCommittedAndDisturbsNothing) {
  site_.add_captures("restoration", 30);
  ASSERT_EQ(site_.sync().exit_code, 0);
  sqlite3* writer = nullptr;
  ASSERT_EQ(sqlite3_open((site_.state() / "catalogue.db").c_str(), &writer), SQLITE_OK);
  ASSERT_EQ(
      sqlite3_exec(writer,
                   "DELETE FROM capture WHERE name = CAST('20240601213100-snapshot.jpg' AS BLOB);"
                   "UPDATE folder SET fingerprint_low = NULL;"
                   "BEGIN IMMEDIATE; DELETE FROM capture",
                   nullptr, nullptr, nullptr),
      SQLITE_OK);
  const auto before = traces();
  const Json counts = plan_json()["jobs"][0]["counts"];
  EXPECT_EQ(traces(), before);
  EXPECT_EQ(counts["new"], 1) << "what is not committed does not count";
  EXPECT_EQ(counts["unchanged"], 29);
  sqlite3_close(writer);
}

TEST_F(PlanCommandTest, LeavesNoTemporaryFiles) {
  site_.add_captures("restoration", 30);
  (void)plan_json();
  EXPECT_TRUE(fs::is_empty(site_.path() / "tmp"));
}

TEST_F(PlanCommandTest, ThatIsInterruptedLeavesNoTemporaryFilesEither) {
  site_.add_captures("restoration", 3);
  ASSERT_EQ(site_.sync().exit_code, 0);
  // Much to copy, so that there is time to interrupt it.
  fs::resize_file(site_.state() / "catalogue.db", std::uintmax_t{1} << 30U);
  const auto before = traces();
  tests::Program program(
      {"plan", site_.job_file().string(), "--state-dir", site_.state().string(), "--json"},
      settings_);
  tests::await("the plan has begun", [this] {
    // Not just any file: a sanitizer makes one there, too.
    const fs::directory_iterator entry(site_.path() / "tmp");
    return entry != fs::directory_iterator() && entry->is_directory();
  });
  program.signal(SIGTERM);
  const tests::ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_code, 143) << result.err;
  EXPECT_EQ(Json::parse(result.out)["jobs"][0]["outcome"], "unfinished");
  EXPECT_EQ(traces(), before);
  EXPECT_TRUE(fs::is_empty(site_.path() / "tmp"));
}

} // namespace
} // namespace nightshift
