// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_source.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class DoctorSourceTest : public testing::Test {
 protected:
  DoctorSourceTest() {
    uri_ = "file://" + (folder_ / "captures").string();
    file_.sources = {{"disk", uri_, {}, {}}, {"other", "file:///nowhere", {}, {}}};
    folder_.write("captures/ridge/notes.txt", "text");
    folder_.write("captures/ridge/a.jpg", "jpeg");
  }

  [[nodiscard]] SourceAnswer ask(const std::string& subdir, const std::string& regex = "") const {
    return test_source({"disk", subdir, regex}, file_);
  }

  // "source ok, prefix ok, objects wrong"
  static std::string checks(const SourceAnswer& answer) {
    std::string text;
    for (const Finding& finding : answer.findings) {
      text += (text.empty() ? "" : ", ") + finding.check + (finding.good ? " ok" : " wrong");
    }
    return text;
  }

  tests::TempDir folder_;
  std::string uri_;
  JobFile file_;
};

TEST_F(DoctorSourceTest, FindsTheFirstObject) {
  const SourceAnswer answer = ask("ridge", "jpg$");
  EXPECT_EQ(checks(answer), "source ok, prefix ok, objects ok");
  EXPECT_THAT(answer.findings[1].text, HasSubstr("there are objects below " + uri_ + "/ridge/"));
  EXPECT_THAT(answer.findings[2].text,
              AllOf(HasSubstr("ridge/a.jpg is the first"), HasSubstr(" ms"), HasSubstr(" object")));
  const Json& connection = answer.connection;
  EXPECT_EQ(connection["connection_successful"], true);
  EXPECT_EQ(connection["prefix_exists"], true);
  EXPECT_EQ(connection["first_file_found"], "ridge/a.jpg");
  EXPECT_EQ(connection["full_uri"], uri_ + "/ridge/?regex=jpg%24");
  EXPECT_TRUE(connection["error_code"].is_null());
  EXPECT_TRUE(connection["error_message"].is_null());
  EXPECT_GE(connection["total_time"].get<double>(), connection["latency"].get<double>());
}

TEST_F(DoctorSourceTest, CountsTheObjectsThatItLookedAt) {
  const Json connection = ask("ridge", "\\.png$").connection;
  EXPECT_EQ(connection["files_checked"], 2);
  EXPECT_EQ(ask("ridge").connection["files_checked"], 1);
}

TEST_F(DoctorSourceTest, SaysThatNoObjectMatches) {
  const SourceAnswer answer = ask("", "\\.png$");
  EXPECT_EQ(checks(answer), "source ok, prefix ok, objects wrong");
  EXPECT_THAT(answer.findings[2].text, HasSubstr("none of 2 objects has a key that the regex"));
  EXPECT_EQ(answer.connection["connection_successful"], true);
  EXPECT_EQ(answer.connection["prefix_exists"], false);
  EXPECT_EQ(answer.connection["error_code"], "no_matching_objects");
}

TEST_F(DoctorSourceTest, SaysThatThereIsNothingBelowAFolder) {
  std::filesystem::create_directory(folder_ / "captures/empty");
  const SourceAnswer answer = ask("empty");
  EXPECT_EQ(checks(answer), "source ok, prefix wrong");
  EXPECT_THAT(answer.findings[1].text, AllOf(HasSubstr("no object below"), HasSubstr("/empty/")));
  EXPECT_EQ(answer.connection["error_code"], "no_objects");
  const SourceAnswer gone = ask("gone");
  EXPECT_EQ(checks(gone), "source ok, prefix wrong");
  EXPECT_EQ(gone.connection["error_code"], "not_found");
}

TEST_F(DoctorSourceTest, StopsAtWhatIsWrong) {
  const SourceAnswer answer = test_source({"other"}, file_);
  EXPECT_EQ(checks(answer), "source wrong");
  EXPECT_THAT(answer.findings[0].text, HasSubstr("/nowhere is not there"));
  EXPECT_EQ(answer.connection["connection_successful"], false);
  EXPECT_EQ(answer.connection["error_code"], "not_found");
  EXPECT_TRUE(answer.connection["latency"].is_null());
  EXPECT_TRUE(answer.connection["full_uri"].is_null());
}

TEST_F(DoctorSourceTest, NeedsNoJobFileForAUri) {
  const SourceAnswer answer = test_source({uri_, "ridge", ""}, std::nullopt);
  EXPECT_EQ(checks(answer), "source ok, prefix ok, objects ok");
  EXPECT_EQ(checks(test_source({"no uri"}, std::nullopt)), "settings wrong");
}

TEST_F(DoctorSourceTest, NamesTheSourcesThereAreInThePlaceOfOneThereIsNot) {
  const JobError error = tests::error_of([&] { return test_source({"dsik"}, file_); });
  EXPECT_EQ(error.code(), error_code::k_not_found);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("no source \"dsik\""), HasSubstr("disk, other")));
}

TEST_F(DoctorSourceTest, IsADocumentWithTheConnectionBesideTheFindings) {
  const Json document = to_document(ask("ridge"));
  EXPECT_EQ(document["schema"], "nightshift.doctor/1");
  EXPECT_EQ(document["good"], true);
  EXPECT_EQ(document["findings"].size(), 3U);
  EXPECT_EQ(document["connection"]["connection_successful"], true);
}

} // namespace
} // namespace nightshift
