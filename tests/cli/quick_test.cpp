// SPDX-License-Identifier: Apache-2.0
//
// `--quick` and `--verify` on a real tree.

#include "tests/support/site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;

class QuickCommandTest : public testing::Test {
 protected:
  QuickCommandTest() {
    site_.add_captures("restoration/a", 30);
    site_.add_captures("restoration/b", 20, 1440);
    // A tree that was just made has not settled by default.
    site_.write_job_file("restoration", "    params: {settled_after: 0s}\n");
  }

  tests::ProgramResult sync(const std::vector<std::string>& more) {
    tests::ProgramResult result = site_.sync(more);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    ++last_;
    return result;
  }

  Json counts() { return site_.record(last_)["runner"]["counts"]; }

  [[nodiscard]] fs::path capture(const std::string& name) const {
    return site_.captures() / "restoration" / name;
  }

  // Until a clock that ticks every few milliseconds has done so.
  static void write_new(const fs::path& file) {
    const auto changed = [&] {
      struct stat found {};

      EXPECT_EQ(::stat(file.parent_path().c_str(), &found), 0);
      return found.st_ctim.tv_sec * 1'000'000'000 + found.st_ctim.tv_nsec;
    };
    const auto before = changed();
    do {
      fs::remove(file);
      std::ofstream(file) << "jpeg";
    } while (changed() == before);
  }

  tests::Site site_;
  std::int64_t last_ = 0;
};

TEST_F(QuickCommandTest, PassesOverWhatNothingHasComeToOrGoneFrom) {
  sync({"--quick"});
  EXPECT_EQ(counts()["new"], 50);
  const tests::ProgramResult again = sync({"--quick"});
  EXPECT_EQ(counts()["passed_over"], 50);
  EXPECT_EQ(counts()["listed"], 0);
  EXPECT_THAT(again.out, HasSubstr("0 new, 0 changed, 0 unchanged, 0 missing, 50 passed over"));
  EXPECT_THAT(again.err, HasSubstr("Passed over 2 folders with 50 captures"));

  write_new(capture("a/20240604000000-snapshot.jpg"));
  fs::remove(capture("a/20240601213000-snapshot.jpg"));
  sync({"--quick"});
  EXPECT_EQ(counts()["new"], 1);
  EXPECT_EQ(counts()["missing"], 1);
  EXPECT_EQ(counts()["passed_over"], 20);
}

TEST_F(QuickCommandTest, SeesAFolderThatIsNew) {
  sync({"--quick"});
  site_.add_captures("restoration/c/d", 5, 5000);
  sync({"--quick"});
  EXPECT_EQ(counts()["new"], 5);
  EXPECT_EQ(counts()["passed_over"], 50);
  site_.add_captures("restoration/a/below", 5, 9000);
  sync({"--quick"});
  EXPECT_EQ(counts()["new"], 5);
  EXPECT_EQ(counts()["unchanged"], 30);
}

TEST_F(QuickCommandTest, SeesAFolderThatIsGone) {
  sync({"--quick"});
  fs::remove_all(capture("b"));
  sync({"--quick"});
  EXPECT_EQ(counts()["missing"], 20);
  EXPECT_EQ(counts()["passed_over"], 30);
}

TEST_F(QuickCommandTest, MissesWhatWasWrittenToInPlaceAndAnyOtherSyncSeesIt) {
  sync({"--quick"});
  std::ofstream(capture("a/20240601213000-snapshot.jpg")) << "a longer capture";
  sync({"--quick"});
  EXPECT_EQ(counts()["passed_over"], 50);
  EXPECT_EQ(counts()["changed"], 0);
  sync({"--verify", "full"});
  EXPECT_EQ(counts()["changed"], 1);
  EXPECT_EQ(counts()["unchanged"], 49);
}

TEST_F(QuickCommandTest, PassesOverNoTreeThatHasJustBeenWritten) {
  site_.write_job_file();
  sync({"--quick"});
  sync({"--quick"});
  EXPECT_EQ(counts()["unchanged"], 50);
}

TEST_F(QuickCommandTest, HoldsInAProcessOfItsOwnAndInAnotherAttempt) {
  sync({"--quick"});
  sync({"--quick", "--isolate"});
  EXPECT_EQ(counts()["passed_over"], 50);
  EXPECT_EQ(site_.run({"retry", "2"}).exit_code, 0);
  EXPECT_EQ(counts()["passed_over"], 50);
  EXPECT_EQ(site_.record(2)["runner"]["attempt"], 2);
}

TEST_F(QuickCommandTest, CanBePlanned) {
  sync({"--quick"});
  write_new(capture("a/20240604000000-snapshot.jpg"));
  const tests::ProgramResult plan =
      site_.run({"plan", site_.job_file().string(), "--quick", "--json"});
  ASSERT_EQ(plan.exit_code, 0) << plan.err;
  const Json planned = Json::parse(plan.out)["jobs"][0]["counts"];
  EXPECT_EQ(planned["new"], 1);
  EXPECT_EQ(planned["passed_over"], 20);
  sync({"--quick"});
  EXPECT_EQ(counts(), planned);
}

TEST_F(QuickCommandTest, RefusesWhatMakesNoSense) {
  const tests::ProgramResult both = site_.sync({"--quick", "--verify", "full"});
  EXPECT_EQ(both.exit_code, 64);
  EXPECT_THAT(both.err, AllOf(HasSubstr("--quick"), HasSubstr("--verify")));
  const tests::ProgramResult unknown = site_.sync({"--verify", "fast"});
  EXPECT_EQ(unknown.exit_code, 78);
  EXPECT_THAT(unknown.err, HasSubstr("--verify fast: a data_storage_sync takes"));
  site_.write_job_file_text("version: 1\njobs:\n  - {name: hi, type: hello}\n");
  const tests::ProgramResult useless = site_.sync({"--quick"});
  EXPECT_EQ(useless.exit_code, 78);
  EXPECT_THAT(useless.err, HasSubstr("none of the jobs of "));
  EXPECT_FALSE(fs::exists(site_.state() / "jobs/1"));
}

} // namespace
} // namespace nightshift
