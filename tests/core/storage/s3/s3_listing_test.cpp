// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_listing.hpp"
#include "tests/core/storage/s3/buckets.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/listing.hpp"
#include "tests/support/page_storage.hpp"
#include "tests/support/round_executor.hpp"
#include "tests/support/thread_executor.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <stdexcept>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

// How long a listing takes if each page takes a round, and how many requests it makes.
struct Effort {
  std::size_t rounds = 0;
  std::size_t requests = 0;
};

Effort effort_of(const Keys& keys, std::size_t workers) {
  const auto pages = bucket_of(keys, {.most_keys = 50});
  RoundExecutor executor(workers);
  pages->on_request([&](const s3::PageRequest&) { executor.wait(); });
  PageStorage storage(*pages);
  Listing listing;
  listing.run(storage, {"", accept_all}, executor);
  EXPECT_EQ(listing.keys(), keys);
  return {executor.rounds(), pages->requests().size()};
}

// 128 pages.
constexpr int k_many = 6400;

TEST(S3Listing, ManyFoldersAreListedSixTimesFasterByEightWorkers) {
  const Keys keys =
      many(k_many, [](int i) { return fmt::format("site{:02}/IMG_{:06}.jpg", i / 200, i); });
  const Effort alone = effort_of(keys, 1);
  EXPECT_EQ(alone.rounds, 128);
  EXPECT_EQ(alone.requests, 128) << "nothing but the pages";
  const Effort eight = effort_of(keys, 8);
  EXPECT_LE(eight.rounds * 6, alone.rounds);
  EXPECT_LE(eight.requests, 128 + 16);
}

TEST(S3Listing, WhileOneLooksAheadTheOwnerGoesOn) {
  const auto pages =
      bucket_of(many(k_many, [](int i) { return fmt::format("a/{:02}/{:06}.jpg", i / 200, i); }),
                {.most_keys = 50});
  RoundExecutor executor(8);
  std::set<std::size_t> with_pages;
  std::set<std::size_t> with_looks;
  pages->on_request([&](const s3::PageRequest& request) {
    (request.delimiter.empty() ? with_pages : with_looks).insert(executor.rounds());
    executor.wait();
  });
  PageStorage storage(*pages);
  Listing listing;
  listing.run(storage, {"", accept_all}, executor);
  EXPECT_FALSE(with_looks.empty());
  EXPECT_TRUE(
      std::includes(with_pages.begin(), with_pages.end(), with_looks.begin(), with_looks.end()));
}

TEST(S3Listing, NothingWaitsForALookThatNobodyNeedsAnyMore) {
  const Keys two_pages = many(100, [](int i) { return fmt::format("a/b/{:02}/{}", i / 4, i); });
  EXPECT_EQ(effort_of(two_pages, 8).rounds, 2);
}

TEST(S3Listing, OneFolderIsListedThreeTimesFasterByEightWorkers) {
  for (const auto& name : std::vector<std::function<std::string(int)>>{
           [](int i) { return fmt::format("site/IMG_{:06}.jpg", i); },
           [](int i) { return fmt::format("{}.jpg", i); },
           [](int i) { return fmt::format("{:08x}.jpg", static_cast<unsigned>(i) * 2654435761U); },
           [](int i) {
             return fmt::format("a/2024{:02}{:02}_{:02}{:02}{:02}.jpg", i / 700 + 1,
                                i / 30 % 28 + 1, i % 24, i / 7 % 60, i % 60);
           }}) {
    const Keys keys = many(k_many, name);
    const Effort alone = effort_of(keys, 1);
    const Effort eight = effort_of(keys, 8);
    EXPECT_LE(eight.rounds * 3, alone.rounds) << name(0);
    EXPECT_LE(eight.requests * 2, alone.requests * 3) << name(0);
  }
}

TEST(S3Listing, ManySmallFoldersTakeNoRequestEach) {
  const Keys keys = many(k_many, [](int i) { return fmt::format("a/{:05}/1.jpg", i); });
  const Effort eight = effort_of(keys, 8);
  EXPECT_LE(eight.rounds * 3, 128);
  EXPECT_LE(eight.requests, 128 * 3 / 2);
}

TEST(S3Listing, WhatFitsOnOnePageTakesOneRequest) {
  EXPECT_EQ(effort_of(many(50, [](int i) { return fmt::format("{}/{}", i % 5, i); }), 8).requests,
            1);
  EXPECT_EQ(effort_of({}, 8).requests, 1);
}

TEST(S3Listing, ASingleWorkerAsksForNothingButPagesInTheirOrder) {
  const auto pages = bucket_of(nested(), {.most_keys = 20});
  PageStorage storage(*pages);
  const Listing listing(storage);
  EXPECT_EQ(listing.keys(), nested());
  EXPECT_THAT(pages->requests(), SizeIs(10));
  for (const s3::PageRequest& request : pages->requests()) {
    EXPECT_EQ(request.delimiter, "");
  }
}

TEST(S3Listing, NoMoreRangesAreListedAtOnceThanAreAllowed) {
  const Keys keys = many(k_many, [](int i) { return fmt::format("{:02}/{:06}.jpg", i / 200, i); });
  const auto pages = bucket_of(keys, {.most_keys = 50});
  RoundExecutor executor(16);
  std::map<std::size_t, int> in_round;
  pages->on_request([&](const s3::PageRequest&) {
    ++in_round[executor.rounds()];
    executor.wait();
  });
  const ListQuery query{"", accept_all};
  s3::list_pages(*pages, {.root = "", .query = query, .sink = [](FolderPart&&) {}, .max_ranges = 3},
                 executor);
  for (const auto& [round, requests] : in_round) {
    EXPECT_LE(requests, 3);
  }
}

TEST(S3Listing, KeysAreRelativeToTheRootAndFoldersBeginBelowThePrefix) {
  FakePageSource pages;
  put_all(pages, {"site/dep/", "site/dep/1.jpg", "site/dep/n/2.jpg", "site/dep2/3.jpg",
                  "site/4.jpg", "dep/5.jpg", "site"});
  PageStorage storage(pages, "site/");
  const Listing listing(storage, "dep/");
  EXPECT_THAT(listing.keys(), ElementsAre("dep/", "dep/1.jpg", "dep/n/2.jpg"));
  EXPECT_EQ(listing.parts().count("dep/"), 1);
  EXPECT_THAT(pages.requests(), SizeIs(1));
  EXPECT_EQ(pages.requests()[0].prefix, "site/dep/");
  EXPECT_EQ(pages.requests()[0].start_after, "");
}

TEST(S3Listing, TellsSizesTimesAndEtags) {
  FakePageSource pages;
  pages.put("a/1.jpg", {.size = 5, .last_modified = "1970-01-01T00:00:07", .etag = "abc-2"});
  const ListQuery query{"", accept_all};
  testkit::SerialExecutor executor;
  std::vector<FolderPart> parts;
  const auto keep = [&](FolderPart&& part) { parts.push_back(std::move(part)); };
  s3::list_pages(pages, {"", query, keep}, executor);
  ASSERT_EQ(parts.size(), 1);
  const ObjectEntry& object = parts[0].objects.at(0);
  EXPECT_EQ(parts[0].name(object), "1.jpg");
  EXPECT_EQ(parts[0].etag(object), "abc-2");
  EXPECT_EQ(object.size, 5);
  EXPECT_EQ(object.last_modified, 7'250'000'000);
}

TEST(S3Listing, AFolderThatManyRangesCutIsToldOnceAndItsPartsInTurn) {
  const Keys keys = many(3000, [](int i) { return fmt::format("a/IMG_{:06}.jpg", i); });
  const auto pages = bucket_of(keys, {.most_keys = 50});
  RoundExecutor executor(8);
  pages->on_request([&](const s3::PageRequest&) { executor.wait(); });
  PageStorage storage(*pages, "", {.objects = 100});
  Listing listing; // holds parts to that
  listing.run(storage, {"", accept_all}, executor);
  EXPECT_EQ(listing.keys(), keys);
  EXPECT_THAT(listing.parts().at("a/"), SizeIs(30));
  EXPECT_LT(executor.rounds(), 30) << "it was cut";
}

class S3ListingOfStore : public testing::TestWithParam<StoreDialect> {};

TEST_P(S3ListingOfStore, IsCompleteWhateverThePagesAreLike) {
  for (const bool is_ragged : {false, true}) {
    StoreDialect dialect = GetParam();
    dialect.is_ragged = is_ragged;
    dialect.most_keys = 15;
    const auto pages = bucket_of(nested(), dialect);
    ThreadExecutor executor(4);
    PageStorage storage(*pages, "", {.objects = 7});
    Listing listing;
    listing.run(storage, {"", accept_all}, executor);
    EXPECT_EQ(listing.keys(), nested());
  }
}

INSTANTIATE_TEST_SUITE_P(Dialects, S3ListingOfStore, testing::ValuesIn(store_dialects()),
                         [](const auto& dialect) { return dialect.param.name; });

// --- What goes wrong ---

struct Fault {
  const char* name;
  FakePageSource::Spoil spoil;
};

std::string without(std::string body, std::string_view begin, std::string_view end) {
  const std::size_t at = body.find(begin);
  if (at != std::string::npos) {
    body.erase(at, body.find(end, at) + end.size() - at);
  }
  return body;
}

std::string with(std::string body, std::string_view text, std::string_view other) {
  const std::size_t at = body.find(text);
  return at == std::string::npos ? body : body.replace(at, text.size(), other);
}

// What an answer under status 200 was seen to be.
std::vector<Fault> faults() {
  return {
      {"an error",
       [](const std::string&) {
         return "<?xml version=\"1.0\"?><Error><Code>InternalError</Code></Error>";
       }},
      {"a web page", [](const std::string&) { return "<html><body>Please log in</body></html>"; }},
      {"nothing", [](const std::string&) { return ""; }},
      {"half of it", [](const std::string& body) { return body.substr(0, body.size() / 2); }},
      {"all but its end",
       [](const std::string& body) { return with(body, "</ListBucketResult>", ""); }},
      {"the end without a word on more",
       [](const std::string& body) { return without(body, "<IsTruncated>", "</IsTruncated>"); }},
      {"more without a token",
       [](const std::string& body) {
         return without(with(body, "<IsTruncated>false", "<IsTruncated>true"),
                        "<NextContinuationToken>", "</NextContinuationToken>");
       }},
      {"one key less than it says",
       [](const std::string& body) { return without(body, "<Contents>", "</Contents>"); }},
      {"a key twice",
       [](const std::string& body) {
         const std::size_t at = body.find("<Contents>");
         const std::string first = body.substr(at, body.find("</Contents>") + 11 - at);
         return with(without(body, "<KeyCount>", "</KeyCount>"), "<Contents>",
                     first + "<Contents>");
       }},
      {"a key of somewhere else",
       [](const std::string& body) { return with(body, "<Key>a/", "<Key>A/"); }},
  };
}

// Twelve pages of twenty keys, on one worker.
class S3ListingFaults : public testing::Test {
 protected:
  S3ListingFaults() : keys_(many(240, [](int i) { return fmt::format("a/{:03}.jpg", i); })) {
    put_all(pages_, keys_);
  }

  Keys list() {
    PageStorage storage(pages_);
    return Listing(storage, "a/").keys();
  }

  Keys keys_;
  FakePageSource pages_{{.raw_tokens = true, .most_keys = 20}};
};

TEST_F(S3ListingFaults, AreOvercomeWhenTheyPass) {
  for (const Fault& fault : faults()) {
    for (const std::size_t page : {0U, 5U, 11U}) {
      FakePageSource pages({.raw_tokens = true, .most_keys = 20});
      put_all(pages, keys_);
      pages.set_attempts(3);
      pages.spoil(page, fault.spoil, 2);
      PageStorage storage(pages);
      EXPECT_EQ(Listing(storage, "a/").keys(), keys_) << fault.name << " on page " << page;
      EXPECT_THAT(pages.requests(), SizeIs(14));
    }
  }
}

TEST_F(S3ListingFaults, NeverEndAListingEarlyInSilence) {
  for (const Fault& fault : faults()) {
    for (const std::size_t page : {0U, 5U, 11U}) {
      FakePageSource pages({.raw_tokens = true, .most_keys = 20});
      put_all(pages, keys_);
      pages.set_attempts(3);
      pages.spoil(page, fault.spoil, 1000);
      PageStorage storage(pages);
      const JobError error = error_of([&] { Listing(storage, "a/"); });
      EXPECT_EQ(error.error_class(), ErrorClass::transient) << fault.name;
      EXPECT_THAT(error.what(), HasSubstr("listing of a/ ")) << fault.name;
      EXPECT_THAT(pages.requests(), SizeIs(page + 3)) << fault.name;
    }
  }
}

TEST_F(S3ListingFaults, ThePageBeforeInThePlaceOfTheNextIsRefused) {
  std::string before;
  pages_.spoil(
      0, [&](std::string body) { return std::exchange(before, std::move(body)); }, 1000);
  EXPECT_EQ(error_of([&] { list(); }).code(), "unavailable") << "nothing came before the first";

  FakePageSource same({.raw_tokens = true, .most_keys = 20});
  put_all(same, keys_);
  same.spoil(
      0,
      [&](std::string body) {
        before = before.empty() ? std::move(body) : before;
        return before;
      },
      1000);
  before.clear();
  PageStorage storage(same);
  EXPECT_THAT(error_of([&] { Listing(storage, "a/"); }).what(), HasSubstr("begins with a/000.jpg"));
}

TEST_F(S3ListingFaults, TheFirstErrorEndsTheListingAndComesOut) {
  RoundExecutor executor(8);
  pages_.on_request([&](const s3::PageRequest&) { executor.wait(); });
  std::size_t failed_at = 0;
  pages_.fail(
      [&](const s3::PageRequest& request) {
        const bool fails = request.delimiter.empty() && request.start_after >= "a/1";
        failed_at = fails && failed_at == 0 ? pages_.requests().size() : failed_at;
        return fails;
      },
      permanent_error("denied", "no such luck"));
  PageStorage storage(pages_);
  Listing listing;
  EXPECT_STREQ(error_of([&] {
                 listing.run(storage, {"", accept_all}, executor);
               }).what(),
               "no such luck");
  EXPECT_LE(pages_.requests().size(), failed_at + 8);
}

TEST_F(S3ListingFaults, AStopIsHeardBetweenPages) {
  std::stop_source stop;
  pages_.on_request([&](const s3::PageRequest&) {
    if (pages_.requests().size() == 4) {
      stop.request_stop();
    }
  });
  PageStorage storage(pages_);
  Listing listing;
  testkit::SerialExecutor executor;
  const JobError error = error_of([&] {
    listing.run(storage, {"", accept_all}, executor, stop.get_token());
  });
  EXPECT_EQ(error.error_class(), ErrorClass::cancelled);
  EXPECT_THAT(pages_.requests(), SizeIs(4));
}

TEST_F(S3ListingFaults, NothingIsToldOnceTheSinkHasThrown) {
  for (int folder = 0; folder < 10; ++folder) {
    pages_.put(fmt::format("b/{}/1.jpg", folder));
  }
  ThreadExecutor executor(4);
  std::atomic<int> calls{0};
  const ListQuery query{"", accept_all};
  const auto sink = [&](FolderPart&&) {
    ++calls;
    throw std::domain_error("the sink's own");
  };
  EXPECT_THROW(s3::list_pages(pages_, {"", query, sink}, executor), std::domain_error);
  EXPECT_LE(calls, 4);
}

} // namespace
} // namespace nightshift::tests
