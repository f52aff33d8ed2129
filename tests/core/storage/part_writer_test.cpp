// SPDX-License-Identifier: Apache-2.0

#include "core/storage/part_writer.hpp"

#include <gmock/gmock.h>

#include <utility>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;

class PartWriterTest : public testing::Test {
 protected:
  PartWriter writer(PartLimits limits = {}) { return {"a/", limits, keep_}; }

  // One figure of each part handed over.
  template <class Figure>
  auto each(Figure figure) const {
    std::vector<decltype(figure(std::declval<const FolderPart&>()))> figures;
    for (const FolderPart& part : parts_) {
      figures.push_back(figure(part));
    }
    return figures;
  }

  std::vector<FolderPart> parts_;

 private:
  struct Keep {
    std::vector<FolderPart>& parts;

    void operator()(FolderPart&& part) const { parts.push_back(std::move(part)); }
  };

  Keep keep_{parts_};
};

TEST_F(PartWriterTest, ReportsNoFolderOfWhichThereIsNothingToTell) {
  writer().finish();
  EXPECT_TRUE(parts_.empty());
}

TEST_F(PartWriterTest, ReportsAFolderWithNothingButSkips) {
  PartWriter parts = writer();
  parts.skip(Skip::litter);
  parts.finish();
  ASSERT_EQ(parts_.size(), 1);
  EXPECT_EQ(parts_[0].folder, "a/");
  EXPECT_EQ(parts_[0].skipped[Skip::litter], 1);
}

TEST_F(PartWriterTest, TellsTheVersionInTheLastPartOfAWholeFolder) {
  PartWriter whole = writer({.objects = 1});
  whole.add("1", 1, 1);
  whole.add("2", 1, 1);
  whole.finish(7);
  PartWriter partial = writer();
  partial.add("1", 1, 1);
  partial.fail("2", "Permission denied");
  partial.finish(7);
  PartWriter without = writer();
  without.add("1", 1, 1);
  without.finish();
  EXPECT_THAT(each([](const FolderPart& part) { return part.version; }),
              ElementsAre(std::nullopt, 7, std::nullopt, std::nullopt));
}

TEST_F(PartWriterTest, BeginsANewPartWhenTheObjectsOrTheTextAreTooMany) {
  PartWriter parts = writer({.objects = 3, .text = 10});
  for (const char* name : {"1", "2", "3", "4", "long name", "6"}) {
    parts.add(name, 0, 0, "e");
  }
  parts.finish();
  EXPECT_THAT(each([](const auto& part) { return part.objects.size(); }), ElementsAre(3, 2, 1));
  EXPECT_THAT(each([](const auto& part) { return part.first; }), ElementsAre(true, false, false));
  EXPECT_THAT(each([](const auto& part) { return part.last; }), ElementsAre(false, false, true));
  EXPECT_EQ(parts_[1].name(parts_[1].objects[1]), "long name");
}

TEST_F(PartWriterTest, MarksThePartsFromAFailureOnAsPartial) {
  PartWriter parts = writer({.objects = 1});
  parts.add("1.jpg", 0, 0);
  parts.add("2.jpg", 0, 0);
  parts.fail("3.jpg", "Input/output error");
  parts.finish();
  using Coverage = FolderPart::Coverage;
  EXPECT_THAT(each([](const auto& part) { return part.coverage; }),
              ElementsAre(Coverage::whole, Coverage::partial));
  EXPECT_EQ(parts_[1].failures[0].key, "a/3.jpg");
  EXPECT_EQ(parts_[1].failures[0].why, "Input/output error");
}

TEST_F(PartWriterTest, DoesNotLetFailuresPileUp) {
  PartWriter parts = writer();
  for (int i = 0; i < 100'000; ++i) {
    parts.fail("x", "Permission denied");
  }
  parts.finish();
  EXPECT_GT(parts_.size(), 10);
}

TEST_F(PartWriterTest, ShedsAllButOneObjectSoThatTheLastPartSaysSomething) {
  PartWriter parts = writer();
  parts.skip(Skip::litter);
  for (const char* name : {"1.jpg", "2.jpg", "3.jpg"}) {
    parts.add(name, 3, 7, "etag");
  }
  parts.shed();
  parts.shed();
  parts.finish();
  EXPECT_THAT(each([](const auto& part) { return part.objects.size(); }), ElementsAre(2, 1));
  EXPECT_THAT(each([](const auto& part) { return part.last; }), ElementsAre(false, true));
  EXPECT_EQ(parts_[0].text, "1.jpgetag2.jpgetag");
  const ObjectEntry& kept = parts_[1].objects[0];
  EXPECT_EQ(parts_[1].name(kept), "3.jpg");
  EXPECT_EQ(parts_[1].etag(kept), "etag");
  EXPECT_EQ(kept.size, 3);
  EXPECT_EQ(kept.last_modified, 7);
}

TEST_F(PartWriterTest, TellsAnUnreadableFolderByItsOwnKey) {
  PartWriter parts = writer();
  parts.add("1.jpg", 0, 0);
  parts.finish_unreadable("Input/output error");
  ASSERT_EQ(parts_.size(), 1);
  EXPECT_EQ(parts_[0].coverage, FolderPart::Coverage::unreadable);
  EXPECT_EQ(parts_[0].objects.size(), 1) << "what was known before it broke off is kept";
  EXPECT_EQ(parts_[0].failures[0].key, "a/");
}

} // namespace
} // namespace nightshift
