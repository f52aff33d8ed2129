// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_document.hpp"
#include "core/record/job_recorder.hpp"
#include "core/serve/record_cache.hpp"
#include "tests/support/content_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift::serve {
namespace {

class RecordCacheTest : public testing::Test {
 protected:
  RecordCacheTest() {
    state_.prepare();
    folder_ = state_.make_job_folder();
    JobRecorder recorder(folder_, system_now, nullptr);
    recorder.emit(EventKind::job_created, tests::created_attributes());
    for (int i = 0; i < 30; ++i) {
      recorder.log(i % 10 == 0 ? Severity::error : Severity::info,
                   "line " + std::to_string(i) + " \"logs\": [ \n  \"result\": ");
    }
    recorder.write_now();
  }

  [[nodiscard]] std::string on_disk() const { return tests::content_of(folder_.record()); }

  tests::TempDir place_;
  StateDir state_{place_ / "state"};
  JobFolder folder_;
  RecordCache cache_;
};

TEST_F(RecordCacheTest, GivesTheRecordByteForByteAndTheSameOneAgain) {
  const RecordText first = cache_.get(folder_);
  EXPECT_EQ(*first.text, on_disk());
  EXPECT_EQ(cache_.get(folder_).text, first.text) << "it is not read again";
}

TEST_F(RecordCacheTest, SeesThatARecordWasReplaced) {
  const RecordText before = cache_.get(folder_);
  {
    JobRecorder recorder(folder_, system_now, nullptr);
    recorder.log(Severity::info, "one more");
    recorder.write_now();
  }
  const RecordText after = cache_.get(folder_);
  EXPECT_NE(after.etag, before.etag);
  EXPECT_EQ(*after.text, on_disk());
}

TEST_F(RecordCacheTest, ARecordThatIsMissingOrTornIsMadeFromTheJournal) {
  const Json whole = Json::parse(on_disk());
  std::filesystem::resize_file(folder_.record(), 100);
  EXPECT_EQ(Json::parse(*cache_.get(folder_).text), whole);
  std::filesystem::remove(folder_.record());
  EXPECT_EQ(Json::parse(*cache_.get(folder_).text), whole);
}

TEST_F(RecordCacheTest, AListEntryIsTheRecordWithoutResultAndLogs) {
  Json expected = Json::parse(on_disk());
  expected.erase("result");
  expected["progress"]["logs"] = Json::array();
  expected["logs"] = {{"stdout", Json::array()}, {"stderr", Json::array()}};
  EXPECT_EQ(Json::parse(list_entry(on_disk())), expected);
}

TEST_F(RecordCacheTest, ALimitOfLogsKeepsTheNewestAndTheirErrors) {
  const Json whole = Json::parse(on_disk());
  const Json limited = Json::parse(with_logs_limit(on_disk(), 12));
  ASSERT_EQ(limited["logs"]["stdout"].size(), 12U);
  EXPECT_EQ(limited["logs"]["stdout"][0], whole["logs"]["stdout"][0]);
  EXPECT_EQ(limited["progress"]["logs"].size(), 12U);
  ASSERT_EQ(limited["logs"]["stderr"].size(), 1U);
  EXPECT_EQ(limited["logs"]["stderr"][0], whole["logs"]["stderr"][0]);
}

} // namespace
} // namespace nightshift::serve
