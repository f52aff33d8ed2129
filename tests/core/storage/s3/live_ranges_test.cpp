// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/live_ranges.hpp"

#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LiveRangesTest : public testing::Test {
 protected:
  // Have `folder` shared, with an object in it.
  void share(std::string_view folder) { live_.share(folder, std::nullopt).writer().add("x", 1, 1); }

  std::vector<std::string> told() { return std::exchange(told_, {}); }

 private:
  struct Sink {
    void operator()(FolderPart&& part) const { told.push_back(part.folder); }

    std::vector<std::string>& told;
  };

  std::vector<std::string> told_;
  Sink sink_{told_};
  PartBudget budget_{1000};

 protected:
  LiveRanges live_{{}, sink_, budget_};
};

TEST_F(LiveRangesTest, AnIdleWorkerIsReservedOnce) {
  const auto id = live_.add({"", ""});
  EXPECT_EQ(live_.reserve(4), 3);
  EXPECT_EQ(live_.reserve(4), 0);
  live_.give_back(1);
  EXPECT_EQ(live_.reserve(4), 1);
  EXPECT_EQ(live_.split(id, {"a", "b", "c"}).size(), 3);
  EXPECT_EQ(live_.reserve(4), 0);
  EXPECT_EQ(live_.reserve(6), 2);
  live_.remove(id);
  EXPECT_EQ(live_.reserve(6), 1);
  EXPECT_EQ(live_.reserve(1), 0) << "workers may become fewer";
}

TEST_F(LiveRangesTest, AFolderIsDoneWhenNoRangeReachesIt) {
  const auto first = live_.add({"", ""});
  ASSERT_EQ(live_.reserve(3), 2);
  const auto others = live_.split(first, {"b/5", "d"});
  for (const char* folder : {"", "b/", "c/"}) {
    share(folder);
  }
  live_.remove(first);
  EXPECT_THAT(told(), IsEmpty());
  live_.advance(others[0], "b/8");
  EXPECT_THAT(told(), IsEmpty()) << "the key lies in it";
  live_.advance(others[0], "c");
  EXPECT_THAT(told(), ElementsAre("b/")) << "c/ is yet to come";
  live_.remove(others[0]);
  EXPECT_THAT(told(), ElementsAre("c/"));
  live_.remove(others[1]);
  EXPECT_THAT(told(), ElementsAre(""));
}

TEST_F(LiveRangesTest, AFolderThatIsListedByItselfIsReachedByItsOwnRangesOnly) {
  const auto own = live_.add({"", "", "a/"});
  const auto other = live_.add({"", "", "a/b/"});
  share("a/");
  live_.remove(other);
  EXPECT_THAT(told(), IsEmpty());
  ASSERT_EQ(live_.reserve(2), 1);
  const auto rest = live_.split(own, {"a/5"});
  live_.remove(own);
  EXPECT_THAT(told(), IsEmpty());
  live_.remove(rest.front());
  EXPECT_THAT(told(), ElementsAre("a/"));
}

TEST_F(LiveRangesTest, AFolderOfWhichThereIsNothingToTellIsNotTold) {
  const auto id = live_.add({"", ""});
  live_.share("a/", std::nullopt);
  EXPECT_NE(live_.find("a/"), nullptr);
  live_.remove(id);
  EXPECT_EQ(live_.find("a/"), nullptr);
  EXPECT_THAT(told(), IsEmpty());
}

TEST_F(LiveRangesTest, ASharedFolderHandsItsPartsOverWhenAllKeepTooMuch) {
  const auto id = live_.add({"", ""});
  SharedFolder& folder = live_.share("a/", std::nullopt);
  for (int i = 0; i < 100; ++i) {
    folder.writer().add("name", 1, 1);
  }
  folder.settle();
  EXPECT_THAT(told(), ElementsAre("a/"));
  live_.remove(id);
  EXPECT_THAT(told(), ElementsAre("a/"));
}

} // namespace
} // namespace nightshift::s3
