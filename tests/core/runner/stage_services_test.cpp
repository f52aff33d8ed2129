// SPDX-License-Identifier: Apache-2.0

#include "core/base/file.hpp"
#include "core/runner/stage_services.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

class StageServicesTest : public testing::Test {
 protected:
  StageServicesTest() : state_dir_(place_.path()) { state_dir_.prepare(); }

  tests::TempDir place_;
  StateDir state_dir_;
  tests::RecordingListener listener_;
  JobRecorder recorder_{(state_dir_.prepare(), state_dir_.make_job_folder()),
                        tests::SteppingClock(), &listener_};
  Quarantine quarantine_{place_.path() / "failed.jsonl", tests::SteppingClock()};
};

TEST_F(StageServicesTest, ALogLineCarriesItsStage) {
  StageLogger log(recorder_, "hello");
  log.warning("{} is {}", "this", "odd");
  ASSERT_EQ(listener_.events().size(), 1U);
  const Event event = listener_.events()[0];
  EXPECT_EQ(event.stage, "hello");
  EXPECT_EQ(event.message, "this is odd");
  EXPECT_EQ(event.severity, Severity::warning);
}

TEST_F(StageServicesTest, AFailedItemIsAnEventWithAPrintableKey) {
  RunnerHost host(recorder_, quarantine_, "sync");
  host.item_failed("a/\xFF.jpg", "Permission denied");
  const Event event = listener_.events().at(0);
  EXPECT_EQ(event.kind, EventKind::item_failed);
  EXPECT_EQ(event.attributes["key"], "a/\\xFF.jpg");
  EXPECT_EQ(event.attributes["why"], "Permission denied");
}

TEST_F(StageServicesTest, FailedItemsStopFillingTheJournalSomewhere) {
  RunnerHost host(recorder_, quarantine_, "sync");
  for (int i = 0; i < 1100; ++i) {
    host.item_failed("a.jpg", "x");
  }
  EXPECT_EQ(listener_.events().size(), 1000U);
}

TEST_F(StageServicesTest, TheListOfFailedItemsHoldsNoSecret) {
  recorder_.hide_with([](const std::string&) { return std::string("${env:WORD}"); });
  RunnerHost host(recorder_, quarantine_, "sync");
  host.item_failed("a.jpg", "the word is hunter2");
  EXPECT_EQ(read_file(place_.path() / "failed.jsonl", 1000).find("hunter2"), std::string::npos);
}

TEST_F(StageServicesTest, PatternsAreThoseOfAntenna) {
  RunnerHost host(recorder_, quarantine_, "sync");
  EXPECT_TRUE(host.compile(R"(\.jpg$)")->found_in("a/b.jpg"));
  EXPECT_THROW((void)host.compile("("), JobError);
}

TEST_F(StageServicesTest, AQueueIsMeasuredOnlyForAProfile) {
  StageMeter meter(false);
  RunnerHost plain(recorder_, quarantine_, "sync");
  RunnerHost profiled(recorder_, quarantine_, "sync", &meter);
  EXPECT_EQ(queue_meter(plain, "merge"), nullptr);
  EXPECT_EQ(queue_meter(profiled, "merge"), &meter.queue("merge"));
}

} // namespace
} // namespace nightshift
