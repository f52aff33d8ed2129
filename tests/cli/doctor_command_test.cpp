// SPDX-License-Identifier: Apache-2.0

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class DoctorCommandTest : public testing::Test {
 protected:
  DoctorCommandTest() {
    site_.add_captures("restoration", 3);
    site_.write_job_file();
  }

  [[nodiscard]] tests::ProgramResult doctor(std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"doctor", site_.job_file().string()});
    return site_.run(std::move(more));
  }

  // The findings that are not good, by check.
  [[nodiscard]] std::map<std::string, std::string> wrong() const {
    const tests::ProgramResult result = doctor({"--json"});
    EXPECT_EQ(result.exit_code, 1) << result.out;
    std::map<std::string, std::string> found;
    const Json examination = Json::parse(result.out);
    for (const Json& finding : examination["findings"]) {
      if (!finding["good"].get<bool>()) {
        found[finding["check"]] = finding["text"];
      }
    }
    return found;
  }

  tests::Site site_;
};

TEST_F(DoctorCommandTest, FindsAGoodSiteGoodAndMakesNothing) {
  const tests::ProgramResult result = doctor();
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  for (const char* check : {"state directory", "locks", "rename", "clock", "threads", "scheduler",
                            "plugin data_storage_sync", "catalogue", "job file", "source disk"}) {
    EXPECT_THAT(result.out, HasSubstr(std::string("ok     ") + check));
  }
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("snapshot.jpg"), Not(HasSubstr("wrong")), Not(HasSubstr("\x1B"))));
  EXPECT_FALSE(fs::exists(site_.state()));
}

TEST_F(DoctorCommandTest, LeavesAStateDirectoryAsItIs) {
  ASSERT_EQ(site_.sync().exit_code, 0);
  EXPECT_EQ(doctor().exit_code, 0);
  EXPECT_THAT(doctor().out, HasSubstr("catalogue.db is whole"));
  const auto entries = std::distance(fs::directory_iterator(site_.state()), {});
  const tests::ProgramResult again = doctor();
  EXPECT_EQ(std::distance(fs::directory_iterator(site_.state()), {}), entries);
  EXPECT_EQ(Json::parse(doctor({"--json"}).out)["good"], true);
}

TEST_F(DoctorCommandTest, NeedsNoJobFile) {
  const tests::ProgramResult result = site_.run({"doctor"});
  EXPECT_EQ(result.exit_code, 0) << result.out;
  EXPECT_THAT(result.out, Not(HasSubstr("job file")));
}

TEST_F(DoctorCommandTest, FindsADamagedCatalogue) {
  fs::create_directories(site_.state());
  std::ofstream(site_.state() / "catalogue.db") << "this is no database";
  EXPECT_THAT(wrong()["catalogue"], HasSubstr("not an SQLite database"));
}

TEST_F(DoctorCommandTest, FindsASourceThatIsGone) {
  fs::remove_all(site_.captures());
  EXPECT_THAT(wrong()["source disk"], HasSubstr("captures"));
}

TEST_F(DoctorCommandTest, FindsEveryMistakeInAJobFile) {
  site_.write_job_file_text("version: 1\njob: []\n");
  EXPECT_THAT(wrong()["job file"], HasSubstr("jobs.yaml:2:1: error:"));
}

TEST_F(DoctorCommandTest, FindsAPluginThatCannotBeLoaded) {
  site_.folder().write("plugins/broken.so", "no library");
  fs::permissions(site_.path() / "plugins", fs::perms(0755));
  const tests::ProgramResult result = doctor({"--plugin-dir", (site_.path() / "plugins").string()});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.out, HasSubstr("broken.so"));
}

TEST_F(DoctorCommandTest, LooksAtOneSourceClosely) {
  const tests::ProgramResult result = doctor({"--source", "disk", "--subdir", "restoration"});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("ok     source"), HasSubstr("ok     prefix"),
                                HasSubstr("ok     objects"), HasSubstr("snapshot.jpg is the first"),
                                Not(HasSubstr("locks"))));
  EXPECT_FALSE(fs::exists(site_.state()));
}

TEST_F(DoctorCommandTest, SaysWhatIsWrongWithASource) {
  const tests::ProgramResult result = doctor({"--source", "disk", "--regex", "png$", "--json"});
  EXPECT_EQ(result.exit_code, 1);
  const Json document = Json::parse(result.out);
  EXPECT_EQ(document["good"], false);
  EXPECT_EQ(document["connection"]["connection_successful"], true);
  EXPECT_EQ(document["connection"]["files_checked"], 3);
  EXPECT_EQ(doctor({"--source", "dsik"}).exit_code, 66);
}

TEST_F(DoctorCommandTest, LooksAtAUriWithoutAJobFile) {
  const tests::ProgramResult result = site_.run({"doctor", "--source", site_.captures().string()});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_THAT(result.out, HasSubstr("snapshot.jpg is the first"));
  EXPECT_EQ(site_.run({"doctor", "--subdir", "x"}).exit_code, 64) << "of which source?";
}

} // namespace
} // namespace nightshift
