// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_state.hpp"
#include "tests/support/as_nobody.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

std::vector<std::string> checks_of(const std::vector<Finding>& findings) {
  std::vector<std::string> checks;
  checks.reserve(findings.size());
  for (const Finding& finding : findings) {
    checks.push_back(finding.check);
  }
  return checks;
}

TEST(DoctorState, FindsAnOrdinaryFolderGoodAndLeavesNothingInIt) {
  const tests::TempDir folder;
  const auto findings = examine_state_dir(folder.path());
  EXPECT_THAT(checks_of(findings),
              testing::ElementsAre("state directory", "locks", "rename", "clock"));
  EXPECT_TRUE(all_good(findings)) << to_text(findings, false);
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(DoctorState, TriesTheFolderAboveOneThatIsStillToBeMade) {
  const tests::TempDir folder;
  const auto findings = examine_state_dir(folder / "state/of/mine");
  EXPECT_TRUE(all_good(findings)) << to_text(findings, false);
  EXPECT_THAT(findings[0].text, HasSubstr("state/of/mine would be made"));
  EXPECT_TRUE(fs::is_empty(folder.path())) << "looking makes nothing";
}

TEST(DoctorState, SaysWhatToDoWhereNothingMayBeWritten) {
  const tests::TempDir folder;
  fs::permissions(folder.path(), fs::perms(0555));
  const tests::AsNobody nobody;
  const auto findings = examine_state_dir(folder.path());
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_FALSE(findings[0].good);
  EXPECT_THAT(findings[0].text, HasSubstr("Permission denied"));
  EXPECT_THAT(findings[0].text, HasSubstr("--state-dir"));
}

TEST(DoctorState, FindsAFullDisk) {
  const tests::SmallDisk disk(64 << 10);
  disk.fill();
  EXPECT_FALSE(all_good(examine_state_dir(disk.path())));
}

TEST(DoctorState, AClockBeforeTheProgramWasBuiltIsWrong) {
  const TimePoint now = parse_utc("1970-01-01T00:00:10.000000Z").value();
  const Finding finding = examine_clock(now, now, parse_utc("2025-01-14T21:48:29.000000Z").value());
  EXPECT_FALSE(finding.good);
  EXPECT_THAT(finding.text, HasSubstr("built on 2025-01-14"));
}

TEST(DoctorState, AFileSystemWithAClockOfItsOwnIsWrong) {
  const TimePoint now = parse_utc("2025-01-14T21:48:29.000000Z").value();
  const Finding finding = examine_clock(now, now + std::chrono::seconds(90), now);
  EXPECT_FALSE(finding.good);
  EXPECT_THAT(finding.text, HasSubstr("90s apart"));
  EXPECT_TRUE(examine_clock(now, now - std::chrono::seconds(1), now).good);
}

} // namespace
} // namespace nightshift
