// SPDX-License-Identifier: Apache-2.0

#include "core/runner/preview_job.hpp"
#include "tests/support/scripted_job_type.hpp"

#include <nightshift/testkit/memory_catalogue.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::ScriptedJobType;

class PreviewJobTest : public testing::Test {
 protected:
  PreviewJobTest() {
    services_.shares = &shares_;
    services_.sources = &sources_;
  }

  JobPreview preview(const ScriptedJobType::Script& script, bool can_be_tried = true) {
    ScriptedJobType type("stage", script);
    type.info().can_be_tried = can_be_tried;
    work_->type = &type;
    work_->stages = {&type};
    return preview_job(job_, services_);
  }

  std::shared_ptr<JobDefinition> definition_ = std::make_shared<JobDefinition>();
  std::shared_ptr<PlannedWork> work_ = std::make_shared<PlannedWork>();
  PlannedJob job_{
      {"the job", definition_, nullptr, nullptr, std::make_shared<const CommonSetup>()}, work_, {}};
  CpuShares shares_{2};
  SourceShares sources_{2, 1};
  PreviewServices services_;
};

TEST_F(PreviewJobTest, CountsWhatTheStageCounts) {
  const JobPreview found = preview([](JobContext& context) {
    context.progress.add(Counter::listed, 3);
    context.progress.add(Counter::added, 3);
  });
  EXPECT_EQ(found.outcome, JobPreview::Outcome::success);
  EXPECT_EQ(found.counter(Counter::added), 3);
  EXPECT_EQ(found.name, "the job");
}

TEST_F(PreviewJobTest, ATypeThatDoesNotSayThatItCanBeTriedIsNotRun) {
  bool ran = false;
  const JobPreview found = preview([&](JobContext&) { ran = true; }, false);
  EXPECT_FALSE(ran);
  EXPECT_EQ(found.outcome, JobPreview::Outcome::untried);
  EXPECT_THAT(found.message, HasSubstr("stage"));
}

TEST_F(PreviewJobTest, WhateverAStageThrowsIsAFailureWithWhatWasCountedBefore) {
  const JobPreview found = preview([](JobContext& context) {
    context.progress.add(Counter::listed, 7);
    throw permanent_error("mass_loss", "too many are gone");
  });
  EXPECT_EQ(found.outcome, JobPreview::Outcome::failure);
  EXPECT_EQ(found.reason, "mass_loss");
  EXPECT_EQ(found.message, "too many are gone");
  EXPECT_EQ(found.counter(Counter::listed), 7);
  EXPECT_EQ(preview([](JobContext&) { throw 7; }).reason, "internal");
}

TEST_F(PreviewJobTest, IsHeldToTheLimitsOfARun) {
  definition_->limits.max_failed = 0.1;
  const auto fail_half = [](JobContext& context) {
    context.progress.add(Counter::listed, 2);
    context.progress.add(Counter::added, 1);
    context.progress.add(Counter::failed, 1);
  };
  EXPECT_EQ(preview(fail_half).reason, "too_many_failed");
  EXPECT_EQ(preview([](JobContext& c) { c.progress.add(Counter::listed); }).reason,
            "not_reconciled");
}

TEST_F(PreviewJobTest, KeepsTheFirstWarnings) {
  const JobPreview found = preview([](JobContext& context) {
    context.log.info("all is well");
    context.log.warning("a folder cannot be read");
    context.host.item_failed("a/b\n.jpg", "it is gone");
  });
  EXPECT_THAT(found.warnings, ElementsAre("a folder cannot be read", HasSubstr("it is gone")));
}

TEST_F(PreviewJobTest, ShowsNoSecretThatAStageTells) {
  work_->put_in = {{"${env:KEY}", "hunter2"}};
  const JobPreview found = preview([](JobContext& context) {
    context.log.warning("asking with hunter2");
    throw permanent_error("denied", "hunter2 is no good");
  });
  EXPECT_THAT(found.warnings, ElementsAre("asking with ${env:KEY}"));
  EXPECT_EQ(found.message, "${env:KEY} is no good");
}

TEST_F(PreviewJobTest, StoppedIsUnfinished) {
  std::stop_source stop;
  services_.stop = stop.get_token();
  const JobPreview found = preview([&](JobContext& context) {
    stop.request_stop();
    context.throw_if_stopped();
  });
  EXPECT_EQ(found.outcome, JobPreview::Outcome::unfinished);
  EXPECT_EQ(found.reason, "interrupted");
}

TEST_F(PreviewJobTest, TheDeploymentIsPutIntoTheCatalogueFirst) {
  testkit::MemoryCatalogue catalogue;
  services_.catalogue = &catalogue;
  job_.setup.deployment =
      std::make_shared<const Deployment>(Deployment{250, {}, {}, {}, {}, {}, {}, {}, {}});
  const JobPreview found = preview(
      [](JobContext& context) { EXPECT_NO_THROW((void)context.catalogue->open_merge(250, {})); });
  EXPECT_EQ(found.outcome, JobPreview::Outcome::success) << found.message;
}

} // namespace
} // namespace nightshift
