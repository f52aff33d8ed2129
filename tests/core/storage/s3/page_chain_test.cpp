// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/page_chain.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/fake_page_source.hpp"

#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;
using tests::FakePageSource;

// All that a chain lists.
std::vector<std::string> keys_of(PageChain& chain) {
  std::vector<std::string> keys;
  while (chain.goes_on()) {
    const ListPage& page = chain.next({});
    for (const ListPage::Object& object : page.objects()) {
      keys.emplace_back(page.key(object));
    }
  }
  return keys;
}

std::vector<std::string> starts_of(const FakePageSource& pages) {
  std::vector<std::string> starts;
  for (const PageRequest& request : pages.requests()) {
    starts.push_back(request.start_after + "|" + request.token);
  }
  return starts;
}

void fill(FakePageSource& pages) {
  for (const char* key : {"a", "b%20", "c", "d", "e"}) {
    pages.put(key);
  }
}

TEST(PageChain, VersionTwoGoesOnWithTheTokenAlone) {
  FakePageSource pages({.raw_tokens = true, .most_keys = 2});
  fill(pages);
  PageChain chain(pages, {.start_after = "a"});
  EXPECT_THAT(keys_of(chain), ElementsAre("b%20", "c", "d", "e"));
  EXPECT_THAT(starts_of(pages), ElementsAre("a|", "|c"));
}

TEST(PageChain, VersionOneGoesOnBehindTheLastKey) {
  FakePageSource pages(
      {.is_v1 = true, .encoding = tests::KeyEncoding::but_slashes, .most_keys = 2});
  fill(pages);
  PageChain chain(pages, {});
  EXPECT_THAT(keys_of(chain), ElementsAre("a", "b%20", "c", "d", "e"));
  EXPECT_THAT(starts_of(pages), ElementsAre("|", "b%20|", "d|"));
}

TEST(PageChain, APageThatWasRefusedIsAskedForAgain) {
  FakePageSource pages({.most_keys = 2});
  fill(pages);
  pages.set_attempts(3);
  pages.spoil(
      1, [](const std::string& body) { return body.substr(0, body.size() / 2); }, 2);
  PageChain chain(pages, {});
  EXPECT_THAT(keys_of(chain), ElementsAre("a", "b%20", "c", "d", "e"));
  EXPECT_EQ(pages.requests().size(), 5);
  EXPECT_EQ(pages.requests()[1].token, pages.requests()[3].token);
}

TEST(PageChain, ATokenThatComesAgainIsRefusedThoughPagesAreEmpty) {
  FakePageSource pages({.raw_tokens = true});
  const std::string circle = "<ListBucketResult><IsTruncated>true</IsTruncated>"
                             "<NextContinuationToken>t</NextContinuationToken></ListBucketResult>";
  pages.spoil(
      0, [&](const std::string&) { return std::string(circle); }, 1000);
  PageChain chain(pages, {});
  EXPECT_TRUE(chain.next({}).empty());
  EXPECT_THAT(error_of([&] { chain.next({}); }).what(), HasSubstr("was there before"));
}

TEST(PageChain, EmptyPagesComeToAnEnd) {
  FakePageSource pages({.raw_tokens = true});
  int number = 0;
  pages.spoil(
      0,
      [&](const std::string&) {
        return "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>" +
               std::to_string(++number) + "</NextContinuationToken></ListBucketResult>";
      },
      10'000);
  PageChain chain(pages, {.prefix = "a/"});
  const JobError error = error_of([&] { keys_of(chain); });
  EXPECT_EQ(error.error_class(), ErrorClass::transient);
  EXPECT_THAT(error.what(), HasSubstr("listing of a/ goes on and on"));
  EXPECT_EQ(pages.requests().size(), 1001);
}

TEST(PageChain, IsCancelledByAStop) {
  FakePageSource pages;
  std::stop_source stop;
  stop.request_stop();
  PageChain chain(pages, {});
  EXPECT_EQ(error_of([&] { chain.next(stop.get_token()); }).error_class(), ErrorClass::cancelled);
}

} // namespace
} // namespace nightshift::s3
