// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_document.hpp"
#include "core/record/profile.hpp"
#include "core/record/profile_table.hpp"
#include "tests/support/events.hpp"
#include "tests/support/report_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nightshift {
namespace {

using testing::HasSubstr;

QueueProfile merge_queue() {
  QueueProfile queue;
  queue.name = "merge";
  queue.items = 200;
  queue.bytes = 4'000'000;
  queue.mean_waiting = 1.5;
  queue.most_waiting = 4;
  queue.most_bytes = 1 << 20;
  queue.held_back = 2;
  queue.held_back_seconds = 0.25;
  queue.consume_seconds = 0.5;
  queue.consume_cpu_seconds = 0.375;
  queue.idle_seconds = 1;
  return queue;
}

StageProfile sync_profile() {
  StageProfile profile;
  profile.threads = 4;
  profile.thread_seconds = 3;
  profile.cpu_user_seconds = 0.5;
  profile.cpu_system_seconds = 1.5;
  profile.ready_seconds = 0.75;
  profile.minor_faults = 1203;
  profile.major_faults = 1;
  profile.voluntary_switches = 20;
  profile.involuntary_switches = 3;
  profile.peak_memory = 24 << 20;
  for (std::size_t i = 0; i < profile.tallies.size(); ++i) {
    profile.tallies.at(i) = static_cast<std::int64_t>(1000 + i);
  }
  profile.waits = {0.125, 0.25};
  profile.io = ProcessIo{40, 30, 4096, 8192};
  profile.queues.push_back(merge_queue());
  return profile;
}

JobRecord profiled_job(std::int64_t id) {
  JobRecord job;
  job.id = id;
  job.name = "Sync";
  job.created = tests::SteppingClock::start();
  job.started = job.created + std::chrono::milliseconds(500);
  job.finished = *job.started + std::chrono::seconds(3);
  StageRecord stage;
  stage.key = "data_storage_sync";
  stage.wall_seconds = 2;
  stage.profile = sync_profile();
  job.stages.push_back(stage);
  return job;
}

RunReport profiled_run(int jobs) {
  RunReport report;
  report.started = tests::SteppingClock::start() - std::chrono::seconds(1);
  report.finished = report.started + std::chrono::seconds(5);
  for (int id = 1; id <= jobs; ++id) {
    report.jobs.push_back(reported(profiled_job(id)));
  }
  report.profile =
      RunProfile{{0.75, 1.75, 1300, 2, 25, 4}, {}, ProcessIo{50, 60, 0, 1 << 20}, 24 << 20};
  return report;
}

TEST(StageProfile, ComesOutOfItsDocumentAsItWentIn) {
  const Json json = to_document(sync_profile());
  const auto back = stage_profile_from(json);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(to_document(*back), json);
  EXPECT_EQ(json["counts"]["statx"], 1002);
  EXPECT_EQ(json["queues"][0]["most_waiting"], 4);
  EXPECT_EQ(json["blocked_s"], 0.25) << "3 s at work, 2 s of CPU, 0.75 s ready for it";
  EXPECT_EQ(json["process_io"]["writes"], 30);
}

TEST(StageProfile, IsNothingWhereAJournalHasNone) {
  EXPECT_FALSE(stage_profile_from(Json()).has_value());
  EXPECT_FALSE(stage_profile_from("fast").has_value());
  const auto odd = stage_profile_from(
      {{"threads", "many"}, {"counts", 3}, {"queues", {1, "x"}}, {"process_io", nullptr}});
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->threads, 0);
  EXPECT_FALSE(odd->io.has_value());
}

TEST(StageProfile, AddsUpButForWhatIsAtOnce) {
  StageProfile sum = sync_profile();
  StageProfile other = sync_profile();
  other.threads = 2;
  other.queues[0].items = 100;
  other.queues[0].mean_waiting = 3;
  other.queues.push_back({"more"});
  sum.add(other);
  EXPECT_EQ(sum.threads, 4);
  EXPECT_EQ(sum.peak_memory, 24 << 20);
  EXPECT_EQ(sum.cpu_system_seconds, 3);
  EXPECT_EQ(sum.tally(Tally::open), 2000);
  EXPECT_EQ(sum.wait(Wait::held_back), 0.5);
  ASSERT_EQ(sum.queues.size(), 2U);
  EXPECT_EQ(sum.queues[0].items, 300);
  EXPECT_EQ(sum.queues[0].most_waiting, 4);
  EXPECT_EQ(sum.queues[0].mean_waiting, 2) << "of 200 at 1.5 and 100 at 3";
}

TEST(StageProfile, IsInTheReportAndNotInTheRecord) {
  const Json report = tests::document_of(profiled_run(1));
  EXPECT_EQ(report["jobs"][0]["stages"][0]["profile"], to_document(sync_profile()));
  EXPECT_EQ(report["jobs"][0]["profile"], (Json{{"waited_to_start_s", 0.5},
                                                {"in_stages_s", 2.0},
                                                {"cpu_user_s", 0.5},
                                                {"cpu_system_s", 1.5}}));
  EXPECT_EQ(report["profile"]["cpu_user_s"], 0.75);
  EXPECT_EQ(report["profile"]["children"]["cpu_user_s"], 0.0);
  EXPECT_EQ(to_document(profiled_job(1)).dump().find("profile"), std::string::npos);
}

TEST(StageProfile, IsNullInAReportThatWasNotAskedForIt) {
  RunReport report = profiled_run(1);
  report.profile.reset();
  report.jobs[0].stages[0].profile.reset();
  const Json document = tests::document_of(report);
  EXPECT_TRUE(document.at("profile").is_null());
  EXPECT_TRUE(document["jobs"][0].at("profile").is_null());
  EXPECT_TRUE(document["jobs"][0]["stages"][0].at("profile").is_null());
  EXPECT_EQ(profile_table(report), "");
}

TEST(StageProfile, IsWhatTheEventOfTheStagesEndSays) {
  JobRecord record;
  Event event;
  event.kind = EventKind::stage_failed;
  event.stage = "data_storage_sync";
  event.attributes = {{"profile", to_document(sync_profile())}};
  apply(record, event);
  ASSERT_TRUE(record.stages.at(0).profile.has_value());
  EXPECT_EQ(record.stages[0].profile->tally(Tally::statx), 1002);
  event.kind = EventKind::job_attempt; // of the next attempt nothing is known yet
  event.attributes = {{"attempt", 2}};
  apply(record, event);
  EXPECT_FALSE(record.stages[0].profile.has_value());
}

TEST(ProfileTable, IsAFewLinesAStageAndTheProcess) {
  EXPECT_EQ(profile_table(profiled_run(1)),
            "where the time went               wall    user  system   ready blocked threads\n"
            "data_storage_sync               2.00 s  0.50 s  1.50 s  0.75 s  0.25 s       4\n"
            "  1,002 statx, 1,001 getdents64, 1,000 open, 1,003 read, 1,008 commits\n"
            "  1,005 requests, 1,006 of them again, 0.0 MiB received\n"
            "  0.12 s waiting for answers, 0.25 s held back by limits and pauses\n"
            "  queue merge: 200 items, 1.5 waiting on average, 4 (1.0 MiB) at most\n"
            "    consumed in 0.50 s (0.38 s CPU), idle 1.00 s, producers held back 0.25 s\n"
            "the process                     5.00 s  0.75 s  1.75 s\n"
            "  24.0 MiB at most, 1,302 page faults (2 from disk), 29 switches (4 forced)\n"
            "  50 calls that read, 60 that write, 0.0 MiB from disk, 1.0 MiB to disk\n");
}

TEST(ProfileTable, SumsAStageOverTheJobsHoweverManyThereAre) {
  const std::string text = profile_table(profiled_run(3000));
  EXPECT_THAT(text, HasSubstr("  3,000 jobs, "));
  EXPECT_THAT(text, HasSubstr("3,006,000 statx"));
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 10);
}

TEST(ProfileTable, NamesCannotForgeALine) {
  RunReport report = profiled_run(1);
  JobRecord job = profiled_job(1);
  job.stages[0].key = "x\nthe process";
  job.stages[0].profile->queues[0].name = "y\nz";
  report.jobs = {reported(job)};
  const std::string text = profile_table(report);
  EXPECT_THAT(text, HasSubstr("x\\nthe process"));
  EXPECT_THAT(text, HasSubstr("queue y\\nz:"));
}

} // namespace
} // namespace nightshift
