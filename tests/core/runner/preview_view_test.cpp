// SPDX-License-Identifier: Apache-2.0

#include "core/runner/preview_view.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

JobPreview job(const std::string& name, JobPreview::Outcome outcome) {
  JobPreview job;
  job.name = name;
  job.outcome = outcome;
  job.counters[static_cast<std::size_t>(Counter::added)] = 1200;
  job.sessions = {2, 0, 1};
  return job;
}

TEST(PreviewView, IsALineForEachJob) {
  Preview preview;
  preview.jobs = {job("a", JobPreview::Outcome::success)};
  EXPECT_THAT(to_text(preview),
              HasSubstr("a        1,200          0          0          0  2 new, 1 gone\n"));
}

TEST(PreviewView, SaysWhatWasNotLookedAt) {
  Preview preview;
  preview.jobs = {job("a", JobPreview::Outcome::success)};
  EXPECT_THAT(to_text(preview), Not(HasSubstr("passed over")));
  preview.jobs[0].counters[static_cast<std::size_t>(Counter::passed_over)] = 3400;
  EXPECT_THAT(to_text(preview), HasSubstr("    3,400 passed over: "));
}

TEST(PreviewView, SaysWhyAJobWouldNotSucceed) {
  Preview preview;
  preview.jobs = {job("a", JobPreview::Outcome::failure), job("b", JobPreview::Outcome::skipped),
                  job("c", JobPreview::Outcome::untried)};
  preview.jobs[0].reason = "mass_loss";
  preview.jobs[0].message = "many\nare gone";
  preview.jobs[1].reason = "needs";
  const std::string text = to_text(preview);
  EXPECT_THAT(text, HasSubstr("    would fail (mass_loss): many\\nare gone\n"));
  EXPECT_THAT(text, HasSubstr("    would be skipped (needs): "));
  EXPECT_THAT(text, HasSubstr("    not known: "));
  EXPECT_THAT(text, HasSubstr("3 jobs: 0 would succeed, 1 would fail, 1 would be skipped, 1 cannot "
                              "be tried; nothing was written\n"));
}

TEST(PreviewView, SaysWhatWouldBeMadeOrRefused) {
  Preview preview;
  preview.catalogue = "sqlite:/x.db";
  EXPECT_THAT(to_text(preview), HasSubstr("sqlite:/x.db would be made\n"));
  preview.problem = "no permission";
  EXPECT_THAT(to_text(preview), HasSubstr("a run would be refused: no permission\n"));
}

TEST(PreviewView, TheDocumentAddsUp) {
  Preview preview;
  preview.jobs = {job("a", JobPreview::Outcome::success), job("b", JobPreview::Outcome::success)};
  const Json document = to_document(preview);
  EXPECT_EQ(document["schema"], "nightshift.plan/1");
  EXPECT_EQ(document["totals"]["counts"]["new"], 2400);
  EXPECT_EQ(document["totals"]["sessions"]["gone"], 2);
  EXPECT_EQ(document["jobs"][0]["counts"]["new"], 1200);
  EXPECT_EQ(document["jobs"][0]["reason"], nullptr);
  EXPECT_EQ(document["jobs"][0]["deployment"], nullptr);
}

} // namespace
} // namespace nightshift
