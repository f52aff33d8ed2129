// SPDX-License-Identifier: Apache-2.0

#include "tests/support/await.hpp"
#include "tests/support/site.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RunCommand, SyncsGroupsAndTellsWhatCameOfIt) {
  const tests::Site site;
  site.add_captures("restoration/a", 120);
  site.add_captures("restoration/b", 60, 24 * 60);
  site.write_job_file();
  const tests::ProgramResult result = site.sync();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("job 1      SUCCESS  Sync captures for deployment 250: "
                                    "180 new, 0 changed, 0 unchanged, 0 missing"));
  EXPECT_THAT(result.out, HasSubstr("1 job: 1 succeeded"));
  EXPECT_THAT(result.err, HasSubstr("INFO  job 1: Processed 180 files"));

  const auto sessions = site.view("sessions");
  ASSERT_EQ(sessions.size(), 2U);
  EXPECT_EQ(sessions[0]["night"], "2024-06-01");
  EXPECT_EQ(sessions[0]["start"], "2024-06-01T21:30:00");
  EXPECT_EQ(sessions[0]["end"], "2024-06-01T23:29:00");
  EXPECT_EQ(sessions[0]["captures_count"], "120");
  const auto deployments = site.view("deployments");
  ASSERT_EQ(deployments.size(), 1U);
  EXPECT_EQ(deployments[0]["captures_count"], "180");
  EXPECT_EQ(deployments[0]["events_count"], "2");
  EXPECT_EQ(deployments[0]["first_capture_timestamp"], "2024-06-01T21:30:00");
}

TEST(RunCommand, WithJsonPrintsTheReportAndNothingElseOnStdout) {
  const tests::Site site;
  site.add_captures("restoration", 5);
  site.write_job_file();
  const tests::ProgramResult result = site.sync({"--json"});
  const Json report = Json::parse(result.out);
  EXPECT_EQ(report["exit_code"], 0);
  EXPECT_EQ(report["summary"]["counts"]["new"], 5);
}

TEST(RunCommand, WithQuietIsSilentOnSuccess) {
  const tests::Site site;
  site.add_captures("restoration", 5);
  site.write_job_file();
  const tests::ProgramResult result = site.sync({"--quiet"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "");
  EXPECT_EQ(result.err, "");
}

TEST(RunCommand, OnATerminalShowsAProgressLineAndTakesItAway) {
  const tests::Site site;
  site.add_captures("restoration", 5);
  site.write_job_file("restoration", "    delay: 1.5s\n");
  tests::ProgramSettings settings;
  settings.terminal = "xterm";
  const tests::ProgramResult result = site.run({"run", site.job_file().string()}, settings);
  EXPECT_EQ(result.exit_code, 0);
  const auto last_bar = result.err.rfind(" %");
  ASSERT_NE(last_bar, std::string::npos) << result.err;
  EXPECT_EQ(result.err.find("\r\x1B[K", last_bar), last_bar + 2) << "erased right behind it";
  EXPECT_THAT(result.out, Not(HasSubstr("\x1B")));
}

TEST(RunCommand, RunsManyDeploymentsAndOnlyTheChosenOnes) {
  const tests::Site site;
  std::string deployments;
  for (int id = 1; id <= 6; ++id) {
    const std::string name = "d" + std::to_string(id);
    site.add_captures(name, 10 * id);
    deployments += fmt::format(
        "  - {{id: {0}, name: {1}, project: {{id: 1, name: P}}, source: disk, subdir: {1}}}\n", id,
        name);
  }
  site.write_job_file_text("version: 1\nsources:\n  disk: {uri: \"file://" +
                           site.captures().string() + "\"}\ndeployments:\n" + deployments +
                           "jobs:\n  - {name: \"Sync {deployment.name}\", type: data_storage_sync, "
                           "for_each: deployments}\n");
  ASSERT_EQ(site.sync({"--deployment", "2", "--only", "Sync d3"}).exit_code, 0)
      << "one is of the deployment, the other of the name, none is both";
  ASSERT_EQ(site.sync({"--jobs", "4"}).exit_code, 0);
  const auto rows = site.view("deployments");
  ASSERT_EQ(rows.size(), 6U);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i]["captures_count"], std::to_string(10 * (i + 1)));
  }
}

TEST(RunCommand, AJobWhoseNeedFailedIsRevokedAndTheOthersGoOn) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file(
      "not_there",
      R"(  - {name: after, type: hello, needs: ["Sync captures for deployment {deployment.id}"]}
  - {name: alone, type: hello}
)");
  const tests::ProgramResult result = site.sync();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(site.record(1)["status"], "FAILURE");
  EXPECT_EQ(site.record(2)["status"], "REVOKED");
  EXPECT_EQ(site.record(2)["runner"]["reason"], "needs");
  EXPECT_EQ(site.record(3)["status"], "SUCCESS");
}

TEST(RunCommand, ALimitTakesThatManyAndMarksNothingAsMissing) {
  const tests::Site site;
  site.add_captures("restoration", 300);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  ASSERT_EQ(site.sync({"--set", "jobs.0.limit=40"}).exit_code, 0);
  const Json counts = site.record(2)["runner"]["counts"];
  EXPECT_EQ(counts["unchanged"], 40);
  EXPECT_EQ(counts["skipped"], 260);
  EXPECT_EQ(counts["missing"], 0);
  EXPECT_EQ(site.record(2)["limit"], 40);
  EXPECT_NE(site.record(2)["runner"]["seed"], 0);
}

TEST(RunCommand, ManyGoneCapturesAreRefusedUntilAllowed) {
  const tests::Site site;
  site.add_captures("restoration/a", 100);
  site.add_captures("restoration/b", 100, 1440);
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  std::filesystem::remove_all(site.captures() / "restoration/b");
  const tests::ProgramResult refused = site.sync();
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("--allow-missing"));
  EXPECT_EQ(site.record(2)["runner"]["reason"], "mass_loss");
  EXPECT_EQ(site.view("deployments")[0]["missing_count"], "0");

  EXPECT_EQ(site.sync({"--allow-missing"}).exit_code, 0);
  EXPECT_EQ(site.record(3)["runner"]["counts"]["missing"], 100);
  EXPECT_EQ(site.view("deployments")[0]["missing_count"], "100");
  EXPECT_EQ(site.view("sessions").size(), 1U);
}

TEST(RunCommand, ARecordThatIsReadAThousandTimesIsAlwaysWholeAndNeverGoesBack) {
  const tests::Site site;
  site.add_captures("restoration", 5000);
  site.write_job_file("restoration", "    delay: 3s\n");
  tests::Program program({"run", site.job_file().string(), "--state-dir", site.state().string()});
  const std::filesystem::path file = site.state() / "jobs/1/job.json";
  tests::await("there is a record", [&] { return std::filesystem::exists(file); });
  std::set<double> seen{0.0};
  for (int reads = 0; reads < 1000 || *seen.rbegin() < 1.0; ++reads) {
    const Json record = site.record(1);
    ASSERT_TRUE(record.is_object()) << "read " << reads;
    const double progress = record["progress"]["summary"]["progress"];
    ASSERT_GE(progress, *seen.rbegin()) << "read " << reads;
    seen.insert(progress);
  }
  EXPECT_EQ(program.wait().exit_code, 0);
  EXPECT_GE(seen.size(), 3U) << "it was read while it changed";
}

TEST(RunCommand, OnlyWhatAChangeTouchesIsRegrouped) {
  const tests::Site site;
  for (int night = 0; night < 10; ++night) {
    site.add_captures("restoration/" + std::to_string(night), 50, night * 1440);
  }
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  EXPECT_EQ(site.record(1)["runner"]["counts"]["sessions_regrouped"], 10);
  const auto before = site.view("sessions");
  site.add_captures("restoration/3", 5, 3 * 1440 + 50);
  ASSERT_EQ(site.sync().exit_code, 0);
  EXPECT_EQ(site.record(2)["runner"]["counts"]["sessions_regrouped"], 1);
  EXPECT_EQ(site.record(2)["runner"]["counts"]["captures_regrouped"], 55);
  const auto after = site.view("sessions");
  ASSERT_EQ(after.size(), before.size());
  for (std::size_t i = 0; i < after.size(); ++i) {
    EXPECT_EQ(after[i]["id"], before[i]["id"]) << "ids are stable";
  }
}

TEST(RunCommand, AnUnreadableFolderIsCountedAndTheRestIsSynced) {
  const tests::Site site;
  site.add_captures("restoration/open", 10);
  site.add_captures("restoration/closed", 10, 1440);
  site.write_job_file();
  std::filesystem::create_directories(site.state());
  std::filesystem::permissions(site.state(), std::filesystem::perms::all);
  std::filesystem::permissions(site.captures() / "restoration/closed",
                               std::filesystem::perms::none);
  tests::ProgramSettings settings;
  settings.as_nobody = true;
  settings.program = site.copy_program();
  const auto run = [&](std::vector<std::string> more) {
    more.insert(more.begin(), {"run", site.job_file().string()});
    return site.run(more, settings);
  };
  const tests::ProgramResult result = run({});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("restoration/closed/"));
  const Json record = site.record(1);
  EXPECT_EQ(record["runner"]["reason"], "partial");
  EXPECT_EQ(record["runner"]["counts"]["new"], 10);
  EXPECT_EQ(record["runner"]["counts"]["failed"], 1);
  EXPECT_EQ(run({"--fail-on-partial"}).exit_code, 3);
}

TEST(RunCommand, UndatedCapturesAreStoredCountedAndListed) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.folder().write("captures/restoration/IMG_0001.JPG", "x");
  site.folder().write("captures/restoration/2023-08-01.jpg", "x");
  site.write_job_file();
  ASSERT_EQ(site.sync().exit_code, 0);
  EXPECT_EQ(site.record(1)["runner"]["counts"]["undated"], 2);
  EXPECT_EQ(site.view("deployments")[0]["undated_count"], "2");
  const auto undated = site.view("undated");
  ASSERT_EQ(undated.size(), 2U);
  EXPECT_EQ(undated[0]["path"], "restoration/2023-08-01.jpg");
  EXPECT_EQ(undated[0]["reason"], "date_only");
  EXPECT_EQ(undated[1]["reason"], "none");
}

TEST(CreateCommand, RecordsJobsThatStartRunsLater) {
  const tests::Site site;
  site.add_captures("restoration", 7);
  site.write_job_file();
  const tests::ProgramResult created = site.run({"create", site.job_file().string()});
  EXPECT_EQ(created.exit_code, 0) << created.err;
  EXPECT_EQ(created.out, "1\n");
  EXPECT_EQ(site.record(1)["status"], "CREATED");
  EXPECT_TRUE(site.record(1)["started_at"].is_null());
  std::filesystem::remove(site.job_file()); // it does what was asked for then
  EXPECT_EQ(site.run({"start", "1"}).exit_code, 0);
  EXPECT_EQ(site.record(1)["status"], "SUCCESS");
  EXPECT_EQ(site.record(1)["runner"]["counts"]["new"], 7);
  const tests::ProgramResult again = site.run({"start", "1"});
  EXPECT_EQ(again.exit_code, 65);
  EXPECT_THAT(again.err, HasSubstr("job 1 is SUCCESS: only a job that is CREATED can be started"));
}

TEST(StartCommand, RunsAJobAfterWhatItNeedsOfThoseStartedAndNotIfThatFailed) {
  const tests::Site site;
  site.write_job_file("gone", "  - {name: after, type: hello, needs: [\"Sync captures for "
                              "deployment {deployment.id}\"]}\n");
  ASSERT_EQ(site.run({"create", site.job_file().string()}).exit_code, 0);
  EXPECT_NE(site.run({"start", "2", "1"}).exit_code, 0);
  EXPECT_EQ(site.record(1)["status"], "FAILURE");
  EXPECT_EQ(site.record(2)["status"], "REVOKED");
  EXPECT_EQ(site.record(2)["runner"]["reason"], "needs");
}

TEST(StartCommand, RunsEachJobOnceInTheOrderThatTheyAreFirstNamed) {
  const tests::Site site;
  site.write_job_file_text("version: 1\njobs: [{name: a, type: hello}, {name: b, type: hello}]\n");
  ASSERT_EQ(site.run({"create", site.job_file().string()}).exit_code, 0);
  for (const char* command : {"start", "retry"}) {
    const tests::ProgramResult result = site.run({command, "2", "1", "2", "2", "--json"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    const Json jobs = Json::parse(result.out)["jobs"];
    ASSERT_EQ(jobs.size(), 2U) << command;
    EXPECT_EQ(jobs[0]["id"], 2);
    EXPECT_EQ(jobs[1]["id"], 1);
  }
}

TEST(StartCommand, RefusesJobsOfDifferentCataloguesBeforeAnyIsRun) {
  const tests::Site site;
  site.add_captures("restoration", 3);
  site.write_job_file();
  for (const char* catalogue : {"catalogue=sqlite:one.db", "catalogue=sqlite:two.db"}) {
    ASSERT_EQ(site.run({"create", site.job_file().string(), "--set", catalogue}).exit_code, 0);
  }
  const tests::ProgramResult result = site.run({"start", "1", "2"});
  EXPECT_EQ(result.exit_code, 78);
  EXPECT_THAT(result.err, HasSubstr("one.db and sqlite:"));
  EXPECT_EQ(site.record(1)["status"], "CREATED");
  EXPECT_EQ(site.run({"start", "1"}).exit_code, 0);
}

TEST(CreateCommand, NeverRecordsASecret) {
  const tests::Site site;
  site.write_job_file_text("version: 1\njobs:\n  - {name: greet, type: hello, params: {name: "
                           "\"${env:CANARY}\"}}\n");
  tests::ProgramSettings settings;
  settings.environment = {{"CANARY", "hunter2-canary"}};
  ASSERT_EQ(site.run({"create", site.job_file().string()}, settings).exit_code, 0);
  for (const char* file : {"job.json", "events.jsonl"}) {
    std::ifstream stream(site.state() / "jobs/1" / file);
    const std::string text((std::istreambuf_iterator<char>(stream)), {});
    EXPECT_THAT(text, Not(HasSubstr("hunter2"))) << file;
  }
  const tests::ProgramResult started = site.run({"start", "1"}, settings);
  EXPECT_EQ(started.exit_code, 0) << started.err;
  EXPECT_THAT(started.err, HasSubstr("Hello, ${env:CANARY}!"));
  settings.environment = {{"CANARY", "me"}}; // too short to be a secret: the plugin gets the value
  EXPECT_THAT(site.run({"run", site.job_file().string()}, settings).err, HasSubstr("Hello, me!"));
  const tests::ProgramResult missing = site.run({"create", site.job_file().string()});
  EXPECT_EQ(missing.exit_code, 78);
  EXPECT_THAT(missing.err, HasSubstr("CANARY"));
}

} // namespace
} // namespace nightshift
