// SPDX-License-Identifier: Apache-2.0
//
// What a listing tells as proven, and how another goes on where it was cut short.

#include "core/storage/s3/s3_listing.hpp"
#include "tests/core/storage/s3/buckets.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/page_storage.hpp"
#include "tests/support/round_executor.hpp"
#include "tests/support/thread_executor.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <atomic>
#include <map>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::SizeIs;

TEST(S3ListingProof, GrowsWithEachPageOfARange) {
  const auto pages = bucket_of({"a", "b/1", "b/2", "c", "d"}, {.most_keys = 2});
  std::vector<KeyRange> told;
  ListQuery query{"", accept_all};
  const auto prove = [&](const KeyRange& range) { told.push_back(range); };
  query.on_proven = prove;
  testkit::SerialExecutor executor;
  s3::list_pages(*pages, {"", query, [](FolderPart&&) {}}, executor);
  EXPECT_THAT(told, ElementsAre(KeyRange{"", "b/1"}, KeyRange{"", "c"}, KeyRange{"", ""}));
}

TEST(S3ListingProof, TheMarkerOfTheRootItselfProvesNothing) {
  const auto pages = bucket_of({"site/", "site/a", "site/b"}, {.most_keys = 1});
  std::vector<KeyRange> told;
  ListQuery query{"", accept_all};
  const auto prove = [&](const KeyRange& range) { told.push_back(range); };
  query.on_proven = prove;
  testkit::SerialExecutor executor;
  s3::list_pages(*pages, {"site/", query, [](FolderPart&&) {}}, executor);
  EXPECT_THAT(told, ElementsAre(KeyRange{"", "a"}, KeyRange{"", ""}))
      << "a range without an end would be all";
}

TEST(S3ListingProof, IsToldByOneAtATimeAndCoversAllInTheEnd) {
  const auto pages = bucket_of(nested(), {.most_keys = 10});
  ThreadExecutor executor(8);
  std::atomic<int> inside{0};
  std::map<std::string, std::string> until;
  ListQuery query{"", accept_all};
  const auto prove = [&](const KeyRange& range) {
    EXPECT_EQ(++inside, 1);
    until[range.after] = range.until;
    --inside;
  };
  query.on_proven = prove;
  s3::list_pages(*pages, {"", query, [](FolderPart&&) {}}, executor);
  std::string at;
  for (const auto& [after, end] : until) {
    EXPECT_EQ(after, at);
    at = end;
  }
  EXPECT_EQ(at, "");
}

class S3ListingResumed : public testing::Test {
 protected:
  // List `again` and what is not proven.
  Keys list(const std::vector<KeyRange>& proven, const std::vector<std::string>& again,
            Executor& executor) {
    ListQuery query{"", accept_all};
    query.proven = proven;
    query.again = again;
    PageStorage storage(*pages_);
    Listing listing;
    listing.run(storage, query, executor);
    return listing.keys();
  }

  void fill(const Keys& keys, StoreDialect dialect = {.most_keys = 10}) {
    pages_ = bucket_of(keys, std::move(dialect));
  }

  // "prefix>start_after", and a '/' if there was a delimiter.
  std::vector<std::string> asked() const {
    std::vector<std::string> asked;
    for (const s3::PageRequest& request : pages_->requests()) {
      asked.push_back(request.prefix + ">" + request.start_after + request.delimiter);
    }
    return asked;
  }

  std::unique_ptr<FakePageSource> pages_;
  testkit::SerialExecutor serial_;
};

TEST_F(S3ListingResumed, ListsWhatIsNotProvenAndTheFoldersThatWereOpenByThemselves) {
  fill({"0.jpg", "a/1.jpg", "a/b/2.jpg", "a/b/3.jpg", "a/c/4.jpg", "a/d.jpg", "e/5.jpg"});
  EXPECT_THAT(
      list({{"", "a/b/2.jpg"}}, {}, serial_),
      ElementsAre("0.jpg", "a/1.jpg", "a/b/2.jpg", "a/b/3.jpg", "a/c/4.jpg", "a/d.jpg", "e/5.jpg"));
  EXPECT_THAT(asked(), testing::UnorderedElementsAre(">a/b/2.jpg", ">/", "a/>/", "a/b/>/"));
}

TEST_F(S3ListingResumed, AProvenFolderIsListedOnlyIfItIsToBe) {
  fill({"a/1.jpg", "b/2.jpg", "b/x/3.jpg", "c/4.jpg", "d/5.jpg"});
  EXPECT_THAT(list({{"", "d/5.jpg"}}, {"b/"}, serial_), ElementsAre("b/2.jpg", "d/5.jpg"));
}

TEST_F(S3ListingResumed, NothingIsLeftOutWhereAStoreIgnoresTheDelimiter) {
  fill(nested(), {.ignores_delimiter = true, .most_keys = 10});
  const Keys keys = list({{"", "a/IMG_0100.jpg"}}, {}, serial_);
  for (const std::string& key : nested()) {
    const std::string_view folder = folder_of(key);
    const bool is_listed = folder.empty() || folder == "a/" || key > "a/IMG_0100.jpg";
    EXPECT_EQ(keys.count(key), is_listed ? 1 : 0) << key;
  }
}

TEST_F(S3ListingResumed, AFolderListedByItselfIsCutToo) {
  fill(many(1280, [](int i) { return fmt::format("a/IMG_{:06}.jpg", i); }));
  RoundExecutor executor(8);
  pages_->on_request([&](const s3::PageRequest&) { executor.wait(); });
  EXPECT_THAT(list({{"", "a/IMG_000900.jpg"}}, {}, executor), SizeIs(1280));
  EXPECT_LE(executor.rounds() * 3, 128);
}

TEST_F(S3ListingResumed, TellsNewRangesOfWhatItLists) {
  fill({"a/1.jpg", "b/2.jpg", "c/3.jpg"});
  const std::vector<KeyRange> proven{{"", "a/1.jpg"}, {"b/1", "b/9"}};
  std::vector<KeyRange> told;
  ListQuery query{"", accept_all};
  query.proven = proven;
  const auto prove = [&](const KeyRange& range) { told.push_back(range); };
  query.on_proven = prove;
  s3::list_pages(*pages_, {"", query, [](FolderPart&&) {}}, serial_);
  EXPECT_THAT(told, testing::UnorderedElementsAre(KeyRange{"a/1.jpg", "b/1"}, KeyRange{"b/9", ""}));
}

} // namespace
} // namespace nightshift::tests
