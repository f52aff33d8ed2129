// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/open_folders.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <memory>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// What of a part there is to tell: "a/: 1.jpg 2.jpg (litter 1)…", with dots if more comes.
std::string text_of(const FolderPart& part) {
  std::string text = part.folder + ":";
  for (const ObjectEntry& object : part.objects) {
    text += " " + std::string(part.name(object));
  }
  for (std::size_t i = 0; i < k_skip_names.size(); ++i) {
    if (part.skipped.by_reason[i] != 0) {
      text += fmt::format(" ({} {})", k_skip_names[i], part.skipped.by_reason[i]);
    }
  }
  return text + (part.last ? "" : "…");
}

class OpenFoldersTest : public testing::Test {
 protected:
  std::unique_ptr<OpenFolders> open(const KeyRange& range = {},
                                    const std::optional<std::string>& only = std::nullopt) {
    return std::make_unique<OpenFolders>(context_, range, only);
  }

  static void take(OpenFolders& folders, std::initializer_list<const char*> keys) {
    for (const char* key : keys) {
      folders.take(key, 1, 2, "etag");
    }
  }

  // What was handed over since this was last asked.
  std::vector<std::string> told() { return std::exchange(told_, {}); }

  struct Filter {
    std::optional<Skip> operator()(std::string_view folder, std::string_view name) const {
      asked.push_back(std::string(folder) + "|" + std::string(name));
      return name.ends_with(".txt") ? std::optional(Skip::extension) : std::nullopt;
    }

    mutable std::vector<std::string> asked;
  };

  struct Sink {
    void operator()(FolderPart&& part) const { told.push_back(text_of(part)); }

    std::vector<std::string>& told;
  };

  Filter filter_;
  FolderSet own_;
  PartBudget budget_{std::size_t{1} << 20U};
  ListQuery query_{"", filter_};

 private:
  std::vector<std::string> told_;
  Sink sink_{told_};

 protected:
  LiveRanges live_{{}, sink_, budget_};

 private:
  FolderContext context_{query_, sink_, {}, own_, live_, budget_};
};

TEST_F(OpenFoldersTest, AFolderIsDoneWhenAKeyLeavesIt) {
  const auto folders = open();
  take(*folders, {"a.jpg", "a/1.jpg", "a/b/2.jpg"});
  EXPECT_THAT(told(), IsEmpty());
  take(*folders, {"a/c.jpg"});
  EXPECT_THAT(told(), ElementsAre("a/b/: 2.jpg"));
  take(*folders, {"a/d/e/3.jpg", "a/d/e2/4.jpg"});
  EXPECT_THAT(told(), ElementsAre("a/d/e/: 3.jpg"));
  take(*folders, {"b"});
  EXPECT_THAT(told(), ElementsAre("a/d/e2/: 4.jpg", "a/: 1.jpg c.jpg"));
  folders->finish();
  EXPECT_THAT(told(), ElementsAre(": a.jpg b"));
}

TEST_F(OpenFoldersTest, FoldersWhoseNamesBeginAlikeAreTwo) {
  const auto folders = open();
  take(*folders, {"a/1.jpg", "a//2.jpg", "ab/3.jpg"});
  folders->finish();
  EXPECT_THAT(told(), ElementsAre("a//: 2.jpg", "a/: 1.jpg", "ab/: 3.jpg"));
}

TEST_F(OpenFoldersTest, AFolderThatHoldsOnlyFoldersIsNotTold) {
  const auto folders = open();
  take(*folders, {"a/b/c/1.jpg", "a/b/d/2.jpg"});
  folders->finish();
  EXPECT_THAT(told(), ElementsAre("a/b/c/: 1.jpg", "a/b/d/: 2.jpg"));
}

TEST_F(OpenFoldersTest, TheFilterIsAskedOncePerObjectAndAMarkerHasNoName) {
  const auto folders = open();
  take(*folders, {"a/", "a/1.txt", "b"});
  folders->finish();
  EXPECT_THAT(filter_.asked, ElementsAre("a/|", "a/|1.txt", "|b"));
  EXPECT_THAT(told(), ElementsAre("a/:  (extension 1)", ": b"));
}

TEST_F(OpenFoldersTest, LitterCountsInTheNearestFolderThatIsNone) {
  const auto folders = open();
  take(*folders, {"a/$RECYCLE.BIN/", "a/$RECYCLE.BIN/deep/1.jpg", "a/$RECYCLE.BIN/deep/._2.jpg",
                  "a/1.jpg", "a/Thumbs.db", "a/b/._3.jpg"});
  folders->finish();
  EXPECT_THAT(told(), ElementsAre("a/b/: (litter 1)", "a/: 1.jpg (litter 4)"));
  EXPECT_THAT(filter_.asked, ElementsAre("a/|1.jpg")) << "it is not asked about litter";
}

TEST_F(OpenFoldersTest, APrefixThatIsLitterWasMeant) {
  query_.prefix = "lost+found/";
  const auto folders = open();
  take(*folders, {"lost+found/1.jpg", "lost+found/.Trash-0/2.jpg"});
  folders->finish();
  EXPECT_THAT(told(), ElementsAre("lost+found/: 1.jpg (litter 1)"));
}

TEST_F(OpenFoldersTest, WhatIsListedByItselfIsPassedOver) {
  own_ = {"", "a/"};
  const auto folders = open();
  take(*folders, {"1.jpg", "a/2.jpg", "a/._2.jpg", "a/b/3.jpg", "a/c.txt"});
  folders->finish();
  EXPECT_THAT(told(), ElementsAre("a/b/: 3.jpg"));

  const auto own = open({}, "a/");
  take(*own, {"a/2.jpg", "a/._2.jpg", "a/c.txt"});
  own->finish();
  EXPECT_THAT(told(), ElementsAre("a/: 2.jpg (extension 1) (litter 1)"));
}

TEST_F(OpenFoldersTest, AFolderThatIsCutIsToldOnceAndByAllRangesInTurn) {
  const auto id = live_.add({"", ""});
  const auto first = open();
  take(*first, {"1.jpg", "a/2.jpg"});
  first->settle();
  live_.advance(id, "a/2.jpg");
  first->cut({"a/5.jpg", "b/5.jpg"});
  ASSERT_EQ(live_.reserve(3), 2);
  const auto ids = live_.split(id, {"a/5.jpg", "b/5.jpg"});

  const auto third = open({"b/5.jpg", ""});
  take(*third, {"b/6.jpg", "c/7.jpg", "d"});
  third->finish();
  live_.remove(ids[1]);
  EXPECT_THAT(told(), ElementsAre("c/: 7.jpg")) << "the root and b/ may get more";

  const auto second = open({"a/5.jpg", "b/5.jpg"});
  take(*second, {"a/6.jpg", "a/x/7.jpg", "b/4.jpg"});
  second->finish();
  live_.remove(ids[0]);
  EXPECT_THAT(told(), ElementsAre("a/x/: 7.jpg", "b/: 6.jpg 4.jpg"));

  take(*first, {"a/3.jpg"});
  first->finish();
  live_.remove(id);
  EXPECT_THAT(told(), ElementsAre(": 1.jpg d", "a/: 2.jpg 6.jpg 3.jpg"));
}

TEST_F(OpenFoldersTest, ASharedFolderIsDoneAsSoonAsAllRangesAreBehindIt) {
  const auto id = live_.add({"", ""});
  const auto first = open();
  take(*first, {"a/1.jpg"});
  first->settle();
  live_.advance(id, "a/1.jpg");
  first->cut({"a/5.jpg"});
  ASSERT_EQ(live_.reserve(2), 1);
  const auto second_id = live_.split(id, {"a/5.jpg"}).front();
  first->finish();
  live_.remove(id);
  EXPECT_THAT(told(), IsEmpty());

  const auto second = open({"a/5.jpg", ""});
  take(*second, {"a/6.jpg", "b/7.jpg"});
  second->settle();
  live_.advance(second_id, "b/7.jpg");
  EXPECT_THAT(told(), ElementsAre("a/: 1.jpg 6.jpg"));
}

TEST_F(OpenFoldersTest, WhatAllKeepTogetherIsBounded) {
  const auto folders = open();
  std::string folder;
  for (int depth = 0; depth < 20; ++depth) {
    folder += "d/";
    for (int i = 0; i < 1000; ++i) {
      const std::string key = fmt::format("{}{:04}{}", folder, i, std::string(100, 'x'));
      folders->take(key, 1, 2, "");
    }
    folders->settle();
  }
  std::size_t objects = 0;
  for (const std::string& part : told()) {
    objects += static_cast<std::size_t>(std::count(part.begin(), part.end(), ' '));
  }
  EXPECT_GT(objects, 13'000) << "a megabyte of some three";
  folders->finish();
  EXPECT_EQ(told().size(), 20) << "each still has a last part";
}

TEST_F(OpenFoldersTest, WhatSharedFoldersKeepIsBoundedToo) {
  const auto id = live_.add({"", ""});
  const auto folders = open();
  folders->cut({"a/z"});
  ASSERT_EQ(live_.reserve(2), 1);
  ASSERT_EQ(live_.split(id, {"a/z"}).size(), 1);
  for (int page = 0; page < 20; ++page) {
    for (int i = 0; i < 1000; ++i) {
      folders->take(fmt::format("a/{:02}{:04}{}", page, i, std::string(100, 'x')), 1, 2, "");
    }
    folders->settle();
  }
  EXPECT_GT(told().size(), 1);
}

} // namespace
} // namespace nightshift::s3
