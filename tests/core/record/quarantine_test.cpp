// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"
#include "core/record/quarantine.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

namespace nightshift {
namespace {

class QuarantineTest : public testing::Test {
 protected:
  [[nodiscard]] std::vector<Json> lines() const {
    std::vector<Json> lines;
    std::ifstream file(path_);
    for (std::string line; std::getline(file, line);) {
      lines.push_back(Json::parse(line));
    }
    return lines;
  }

  tests::TempDir folder_;
  std::filesystem::path path_ = folder_ / "failed.jsonl";
};

TEST_F(QuarantineTest, IsALineForEachObject) {
  Quarantine list(path_, tests::SteppingClock());
  list.add("sync", "a/\\b\xFF.jpg", "Permission denied");
  const Json line = lines().at(0);
  EXPECT_EQ(line["key"], R"(a/\\b\xFF.jpg)") << "which loses nothing";
  EXPECT_EQ(line["reason"], "Permission denied");
  EXPECT_EQ(line["code"], "unreadable");
  EXPECT_EQ(line["stage"], "sync");
  EXPECT_EQ(line["time"], "2025-01-14T21:48:26.000000Z");
}

TEST_F(QuarantineTest, IsOfOneAttempt) {
  Quarantine(path_, tests::SteppingClock()).add("sync", "old", "x");
  const Quarantine next(path_, tests::SteppingClock());
  EXPECT_FALSE(std::filesystem::exists(path_)) << "no file without a failed object";
}

TEST_F(QuarantineTest, EndsSomewhereAndSaysSo) {
  {
    Quarantine list(path_, tests::SteppingClock());
    for (std::int64_t i = 0; i < Quarantine::k_most_lines + 3; ++i) {
      list.add("sync", "a", "x");
    }
  }
  const auto all = lines();
  ASSERT_EQ(all.size(), static_cast<std::size_t>(Quarantine::k_most_lines) + 1);
  EXPECT_EQ(all.back(), (Json{{"left_out", 3}}));
}

TEST_F(QuarantineTest, ThatCannotBeWrittenIsNot) {
  Quarantine list(folder_ / "none" / "failed.jsonl", tests::SteppingClock());
  list.add("sync", "a", "x");
  EXPECT_TRUE(lines().empty());
}

} // namespace
} // namespace nightshift
