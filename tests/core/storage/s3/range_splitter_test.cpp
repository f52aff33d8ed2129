// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/range_splitter.hpp"
#include "tests/support/fake_page_source.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using tests::FakePageSource;

class RangeSplitterTest : public testing::Test {
 protected:
  // Where to cut behind the last of `seen`.
  std::vector<std::string> cut(const std::vector<std::string>& seen, std::size_t most,
                               std::string_view until = "") {
    const std::vector<std::string_view> keys(seen.begin(), seen.end());
    const RangeRest rest{keys.back(), until, keys};
    if (RangeSplitter::sit_out(outlook_)) {
      return {};
    }
    splitter_.look_ahead(outlook_, rest, stop_.get_token());
    return RangeSplitter::find_boundaries(outlook_, rest, most);
  }

  // "prefix>start_after" of the requests since this was last asked.
  std::vector<std::string> asked() {
    std::vector<std::string> asked;
    const auto requests = pages_.requests();
    for (; asked_ < requests.size(); ++asked_) {
      EXPECT_EQ(requests[asked_].delimiter, "/");
      asked.push_back(requests[asked_].prefix + ">" + requests[asked_].start_after);
    }
    return asked;
  }

  void put_folders(const char* form, int count) {
    for (int i = 0; i < count; ++i) {
      pages_.put("site/" + fmt::format(fmt::runtime(form), i) + "1.jpg");
    }
  }

  FakePageSource pages_;
  std::stop_source stop_;
  RangeSplitter splitter_{pages_, "site/"};
  Outlook outlook_;

 private:
  std::size_t asked_ = 0;
};

TEST_F(RangeSplitterTest, SharesTheSubfoldersAheadEvenly) {
  put_folders("{:02}/", 32);
  EXPECT_THAT(cut({"00/0.jpg"}, 3), ElementsAre("08/", "16/", "24/"));
  EXPECT_THAT(asked(), ElementsAre("site/>site/00/0.jpg"));
}

TEST_F(RangeSplitterTest, AsksOnceAsLongAsSubfoldersAreAhead) {
  put_folders("{:02}/", 32);
  EXPECT_THAT(cut({"00/0.jpg"}, 1), ElementsAre("16/"));
  EXPECT_THAT(cut({"00/1.jpg"}, 1, "16/"), ElementsAre("08/"));
  EXPECT_THAT(cut({"03/1.jpg"}, 5, "08/"), ElementsAre("04/", "05/", "06/", "07/"));
  EXPECT_THAT(asked(), SizeIs(1));
  const Outlook other = outlook_between(outlook_, "16/", "");
  EXPECT_TRUE(other.is_known);
  EXPECT_THAT(other.ahead, IsEmpty()) << "they were cut off before";
}

TEST_F(RangeSplitterTest, PiecesKnowWhatIsAheadOfThem) {
  put_folders("{:02}/", 8);
  EXPECT_THAT(cut({"00/0.jpg"}, 1), ElementsAre("04/"));
  EXPECT_THAT(outlook_between(outlook_, "04/", "").ahead, ElementsAre("05/", "06/", "07/"));
  EXPECT_THAT(outlook_between(outlook_, "04/", "06/").ahead, ElementsAre("05/"));
}

TEST_F(RangeSplitterTest, GoesDownToWhereFoldersBranch) {
  put_folders("data/cams/{}/", 5);
  EXPECT_THAT(cut({"data/cams/0/1.jpg"}, 9),
              ElementsAre("data/cams/1/", "data/cams/2/", "data/cams/3/", "data/cams/4/"));
  EXPECT_THAT(asked(),
              ElementsAre("site/>site/data/cams/0/1.jpg", "site/data/>site/data/cams/0/1.jpg",
                          "site/data/cams/>site/data/cams/0/1.jpg"));
  EXPECT_EQ(outlook_.folder, "data/cams/");
}

TEST_F(RangeSplitterTest, AFolderWithoutSubfoldersIsCutByItsNames) {
  pages_.put("site/a/0001.jpg");
  EXPECT_THAT(cut({"a/0001.jpg", "a/0009.jpg"}, 1, "a/0999.jpg"), ElementsAre("a/0504"));
  EXPECT_THAT(asked(), ElementsAre("site/>site/a/0009.jpg", "site/a/>site/a/0009.jpg"));
  EXPECT_THAT(cut({"a/0009.jpg", "a/0010.jpg"}, 1, "a/0504"), SizeIs(1));
  EXPECT_THAT(asked(), IsEmpty()) << "that is known now";
}

TEST_F(RangeSplitterTest, MoreSubfoldersThanOnePageTellsAreCutByTheirNames) {
  put_folders("{:06}/", 3000);
  const auto boundaries = cut({"000000/1.jpg", "000009/1.jpg"}, 3);
  EXPECT_THAT(boundaries, SizeIs(3));
  EXPECT_GT(boundaries.back(), "001000/") << "further than the page went";
}

TEST_F(RangeSplitterTest, SmallSubfoldersAreNoPiecesOfTheirOwn) {
  put_folders("{:03}/", 300);
  std::vector<std::string> seen;
  seen.reserve(100);
  for (int i = 0; i < 100; ++i) {
    seen.push_back(fmt::format("{:03}/1.jpg", i));
  }
  EXPECT_THAT(cut(seen, 7), SizeIs(2)) << "a page took a hundred of them";
}

TEST_F(RangeSplitterTest, AStoreThatRefusesADelimiterIsAskedNoMore) {
  put_folders("{:02}/", 32);
  pages_.fail([](const PageRequest&) { return true; }, permanent_error("denied", "no"));
  EXPECT_THAT(cut({"00/1.jpg", "01/1.jpg"}, 1, "31/"), SizeIs(1));
  EXPECT_THAT(asked(), SizeIs(1));
  outlook_ = {};
  EXPECT_THAT(cut({"00/1.jpg", "01/1.jpg"}, 1, "31/"), SizeIs(1));
  EXPECT_THAT(asked(), IsEmpty());
}

TEST_F(RangeSplitterTest, WhoIsStoppedHasSeenNothingAndMayLookAgain) {
  put_folders("{:02}/", 32);
  std::stop_source stopped;
  stopped.request_stop();
  const RangeRest rest{"00/0.jpg", "", {}};
  splitter_.look_ahead(outlook_, rest, stopped.get_token());
  EXPECT_THAT(outlook_.ahead, IsEmpty());
  EXPECT_TRUE(splitter_.has_to_ask(outlook_, rest));
  EXPECT_THAT(cut({"00/0.jpg"}, 1), ElementsAre("16/"));
}

TEST_F(RangeSplitterTest, WhereNothingCanBeCutItTriesLessAndLessOften) {
  pages_.put("site/a/1.jpg");
  outlook_.is_one_folder = true;
  int tries = 0;
  for (int page = 0; page < 100; ++page) {
    tries += outlook_.pages_to_pause == 0 ? 1 : 0;
    EXPECT_THAT(cut({"a/x"}, 7), IsEmpty());
  }
  EXPECT_EQ(tries, 6);
  EXPECT_THAT(asked(), IsEmpty());
}

} // namespace
} // namespace nightshift::s3
