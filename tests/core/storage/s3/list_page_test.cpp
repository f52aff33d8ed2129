// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/list_page.hpp"
#include "tests/support/error_of.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <gmock/gmock.h>

namespace nightshift::s3 {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using tests::error_of;

std::string object(std::string_view key, std::string_view size = "3") {
  return fmt::format("<Contents><Key>{}</Key><LastModified>2024-01-15T10:20:30.000Z</LastModified>"
                     "<ETag>&quot;e&quot;</ETag><Size>{}</Size></Contents>",
                     key, size);
}

std::string prefix(std::string_view key) {
  return fmt::format("<CommonPrefixes><Prefix>{}</Prefix></CommonPrefixes>", key);
}

constexpr std::string_view k_complete = "<IsTruncated>false</IsTruncated>";

std::string page(std::string_view content) {
  return fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://"
                     "s3.amazonaws.com/doc/2006-03-01/\">{}</ListBucketResult>",
                     content);
}

std::string truncated(std::string_view content, std::string_view token) {
  return page(fmt::format(
      "<IsTruncated>true</IsTruncated><NextContinuationToken>{}</NextContinuationToken>{}", token,
      content));
}

// The last page of a listing that holds so much.
std::string complete(std::string_view content) {
  return page(std::string(k_complete) + std::string(content));
}

class ListPageTest : public testing::Test {
 protected:
  const ListPage& read(const std::string& body, const AskedPage& asked = {}) {
    body_ = body;
    return reader_.read(body_, asked);
  }

  std::vector<std::string> keys(const std::string& body, const AskedPage& asked = {}) {
    const ListPage& page = read(body, asked);
    std::vector<std::string> keys;
    for (const ListPage::Object& object : page.objects()) {
      keys.emplace_back(page.key(object));
    }
    return keys;
  }

  std::vector<std::string> prefixes(const std::string& body, const AskedPage& asked) {
    const ListPage& page = read(body, asked);
    std::vector<std::string> prefixes;
    for (std::size_t i = 0; i < page.prefix_count(); ++i) {
      prefixes.emplace_back(page.prefix(i));
    }
    return prefixes;
  }

  JobError refusal(const std::string& body, const AskedPage& asked = {}) {
    return error_of([&] { read(body, asked); });
  }

  // That `body` is refused as damaged, which may go away, for a reason that says `why`.
  void expect_damaged(const std::string& body, const char* why, const AskedPage& asked = {}) {
    const JobError error = refusal(body, asked);
    EXPECT_EQ(error.error_class(), ErrorClass::transient) << error.what();
    EXPECT_EQ(error.code(), error_code::k_bad_data) << error.what();
    EXPECT_THAT(error.what(), HasSubstr(why));
  }

 private:
  std::string body_;
  PageReader reader_;
};

TEST_F(ListPageTest, TellsKeySizeTimeAndEtag) {
  const ListPage& page = read(complete(object("a/1.jpg", "1234567")));
  ASSERT_EQ(page.objects().size(), 1);
  const ListPage::Object& object = page.objects().front();
  EXPECT_EQ(page.key(object), "a/1.jpg");
  EXPECT_EQ(page.etag(object), "e");
  EXPECT_EQ(object.size, 1'234'567);
  EXPECT_EQ(object.last_modified, 1'705'314'030'000'000'000);
  EXPECT_FALSE(page.is_truncated());
}

TEST_F(ListPageTest, AnEmptyListingIsAPageWithoutKeys) {
  EXPECT_TRUE(read(complete("")).empty());
  EXPECT_TRUE(read(complete("<KeyCount>0</KeyCount><Prefix/>")).empty());
}

TEST_F(ListPageTest, ElementsComeInAnyOrderAndNamespace) {
  EXPECT_THAT(
      keys("<?xml version='1.0' encoding='UTF-8'?>\n<!-- ours -->\n"
           "<s3:ListBucketResult xmlns:s3='http://doc.s3.amazonaws.com/2006-03-01' >\n"
           "  <s3:Contents >\n    <s3:Size>3</s3:Size>\n    <s3:Owner><s3:ID>a</s3:ID></s3:Owner>\n"
           "    <s3:LastModified>2024-01-15T10:20:30Z</s3:LastModified><s3:Key>a%2Fb</s3:Key >\n"
           "  </s3:Contents>\n"
           "  <s3:IsTruncated>false</s3:IsTruncated><s3:Delimiter/>\n"
           "  <s3:EncodingType>url</s3:EncodingType><s3:KeyCount>1</s3:KeyCount>\n"
           "</s3:ListBucketResult>\n<!-- end -->\n"),
      ElementsAre("a/b"));
}

TEST_F(ListPageTest, ObjectsNeedNotBeWrittenAsTheFirstOneIs) {
  const std::string time = "<LastModified>2024-01-15T10:20:30Z</LastModified>";
  const auto contents = [](const std::string& children) {
    return "<Contents>" + children + "</Contents>";
  };
  const std::string first = contents("<Key>a</Key>" + time + "<Size>1</Size>");
  EXPECT_THAT(
      keys(complete(first + contents("<Size>1</Size>" + time + "<Key>b</Key>") +
                    contents("<Key>c</Key><Owner><ID>x</ID></Owner>" + time + "<Size>1</Size>") +
                    contents("<Key >d</Key>\n" + time + "<Size>1</Size><ETag/><Class>X</Class>"))),
      ElementsAre("a", "b", "c", "d"));
  expect_damaged(complete(first + contents("<Key>b</Key>" + time)), "Size");
  expect_damaged(complete(first + contents("<Key>b</Key><Key>c</Key>" + time)), "twice");
  expect_damaged(complete(first + contents("<Key>b<x>c</x></Key>" + time)), "end as it began");
}

TEST_F(ListPageTest, KeysAreDecodedOnlyIfTheStoreSaysThatTheyAreEncoded) {
  const std::string content = object("100%+1.jpg") + object("a%20b");
  EXPECT_THAT(keys(complete(content)), ElementsAre("100%+1.jpg", "a%20b"));
  EXPECT_THAT(keys(complete("<EncodingType/>" + content)), ElementsAre("100%+1.jpg", "a%20b"));
  EXPECT_THAT(keys(complete("<EncodingType>url</EncodingType>" + object("100%25%2B1.jpg") +
                            object("a%20b+c"))),
              ElementsAre("100%+1.jpg", "a b c"));
  expect_damaged(complete("<EncodingType>base64</EncodingType>"), "base64");
  expect_damaged(complete("<EncodingType>url</EncodingType>" + object("100%.jpg")), "100%.jpg");
}

TEST_F(ListPageTest, KeysMayHoldAnyBytes) {
  EXPECT_THAT(keys(complete(object(" &#x01;&#xd;\n ") + object("&amp;lt;") + object("\xFF\xFE"))),
              ElementsAre(" \x01\r\n ", "&lt;", "\xFF\xFE"));
}

TEST_F(ListPageTest, EtagsLoseTheirQuotesHoweverTheyAreWritten) {
  for (const auto& [written, etag] :
       {std::pair("&quot;abc-2&quot;", "abc-2"), std::pair("\"abc-2\"", "abc-2"),
        std::pair("abc-2", "abc-2"), std::pair("", ""), std::pair("\"", "\""),
        std::pair("W/&quot;x&amp;y&quot;", "W/\"x&y\"")}) {
    const ListPage& page = read(
        complete(fmt::format("<Contents><Key>a</Key><Size>0</Size><ETag>{}</ETag><LastModified>"
                             "2024-01-15T10:20:30Z</LastModified></Contents>",
                             written)));
    EXPECT_EQ(page.etag(page.objects().front()), etag);
  }
}

TEST_F(ListPageTest, AnEtagIsNotNeeded) {
  const ListPage& page = read(complete("<Contents><Key>a</Key><Size>0</Size><LastModified>"
                                       "2024-01-15T10:20:30Z</LastModified></Contents>"));
  EXPECT_EQ(page.etag(page.objects().front()), "");
}

TEST_F(ListPageTest, KeySizeAndTimeAre) {
  for (const auto& [gone, text] :
       {std::pair("Key", "<Key>a</Key>"), std::pair("Size", "<Size>3</Size>"),
        std::pair("LastModified", "<LastModified>2024-01-15T10:20:30.000Z</LastModified>")}) {
    std::string body = complete(object("a"));
    body.erase(body.find(text), std::string(text).size());
    expect_damaged(body, gone);
  }
  expect_damaged(complete(object("")), "Key");
  expect_damaged(complete(object("a", "-1")), "Size");
  expect_damaged(complete("<Contents/>"), "Key");
}

TEST_F(ListPageTest, NoObjectIsLargerThanAPebibyte) {
  EXPECT_EQ(read(complete(object("a", "1125899906842624"))).objects().front().size,
            std::int64_t{1} << 50);
  expect_damaged(complete(object("a", "1125899906842625")),
                 "it tells a Size of 1125899906842625 bytes, which no object has");
}

TEST_F(ListPageTest, AnAnswerOfNothingIsNoListing) {
  for (const char* body : {"", "  \r\n"}) {
    const JobError error = refusal(body, {.prefix = "a/b/"});
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_EQ(error.code(), error_code::k_unavailable);
    EXPECT_STREQ(error.what(),
                 "the store's listing of a/b/ is an answer without content; check what stands "
                 "between here and the store (endpoint_url, proxies)");
  }
}

TEST_F(ListPageTest, AWebPageIsNoListing) {
  for (const char* body : {"<html><body>Please log in</body></html>", "\n<!DOCTYPE HTML><html/>",
                           "<HTML><p>no end", "<!doctype html>"}) {
    const JobError error = refusal(body);
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_EQ(error.code(), error_code::k_unavailable);
    EXPECT_THAT(error.what(), HasSubstr("the bucket is a web page"));
    EXPECT_THAT(error.what(), HasSubstr("endpoint_url"));
  }
}

TEST_F(ListPageTest, AnotherDocumentIsNoListing) {
  for (const char* body :
       {"<ListAllMyBucketsResult><IsTruncated>false</IsTruncated></ListAllMyBucketsResult>",
        "<LocationConstraint>eu</LocationConstraint>", "<ListBucketResul/>"}) {
    const JobError error = refusal(body);
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
    EXPECT_THAT(error.what(), HasSubstr("no listing but a <L"));
  }
  expect_damaged("{\"error\": 1}", "text stands where none should");
}

TEST_F(ListPageTest, AnErrorUnderStatus200IsAnError) {
  const auto error_body = [](std::string_view code, std::string_view message) {
    return fmt::format("<?xml version=\"1.0\"?><Error><Code>{}</Code><Message>{}</Message>"
                       "<RequestId>1</RequestId></Error>",
                       code, message);
  };
  const JobError slow = refusal(error_body("InternalError", "We encountered\nan error"));
  EXPECT_EQ(slow.error_class(), ErrorClass::transient);
  EXPECT_EQ(slow.code(), error_code::k_unavailable);
  EXPECT_THAT(slow.what(), HasSubstr("InternalError: We encountered\\nan error"));
  EXPECT_EQ(refusal("<Error/>").error_class(), ErrorClass::transient);

  const JobError denied = refusal(error_body("AccessDenied", ""));
  EXPECT_EQ(denied.error_class(), ErrorClass::permanent);
  EXPECT_EQ(denied.code(), error_code::k_denied);
  EXPECT_EQ(refusal(error_body("NoSuchBucket", "")).code(), error_code::k_not_found);
}

TEST_F(ListPageTest, APageWithoutItsEndIsCut) {
  const std::string body = complete(object("a") + object("b"));
  expect_damaged(body.substr(0, body.size() - 1), "cut short");
  expect_damaged(body.substr(0, body.find("</ListBucketResult>")), "cut short");
  expect_damaged(body.substr(0, body.find("<Contents><Key>b")), "cut short");
  expect_damaged(body + "<", "behind its end");
  expect_damaged(body + body, "behind its end");
}

TEST_F(ListPageTest, ElementsEndAsTheyBegan) {
  expect_damaged(page("<Conterts></Contents>" + std::string(k_complete)), "does not end");
  expect_damaged(page("<Owner><ID></Owner></ID>" + std::string(k_complete)), "does not end");
  expect_damaged(page("x" + std::string(k_complete)), "text stands");
  expect_damaged(page("<![CDATA[x]]>" + std::string(k_complete)), "no listing holds");
  expect_damaged(page("<Prefix" + std::string(k_complete)), "does not end");
}

TEST_F(ListPageTest, WhatMayStandOnceDoesNotStandTwice) {
  expect_damaged(complete(std::string(k_complete)), "twice");
  expect_damaged(complete("<Contents><Key>a</Key><Key>b</Key></Contents>"), "twice");
}

TEST_F(ListPageTest, ElementsAreNotNestedWithoutEnd) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) {
    deep += "<a>";
  }
  expect_damaged(page(deep), "nested");
}

TEST_F(ListPageTest, SaysWhetherMorePagesCome) {
  expect_damaged(page(object("a")), "IsTruncated");
  expect_damaged(page("<IsTruncated>True</IsTruncated>"), "IsTruncated");
  expect_damaged(page("<IsTruncated/>"), "IsTruncated");
}

TEST_F(ListPageTest, HoldsAsManyKeysAsItSays) {
  const AskedPage asked{.delimiter = "/"};
  const std::string content = object("b") + prefix("a/");
  EXPECT_EQ(read(complete(content + "<KeyCount>2</KeyCount>"), asked).objects().size(), 1);
  expect_damaged(complete(content + "<KeyCount>1</KeyCount>"), "1 keys and holds 2", asked);
  expect_damaged(complete(content + "<KeyCount>3</KeyCount>"), "3 keys and holds 2", asked);
  expect_damaged(complete("<KeyCount/>"), "says to hold");
}

TEST_F(ListPageTest, HoldsOnlyWhatWasAskedFor) {
  expect_damaged(complete(object("ab/1.jpg")), "ab/1.jpg", {.prefix = "a/"});
  expect_damaged(complete(prefix("a/")), "a/");
  const AskedPage asked{.prefix = "a/", .delimiter = "/"};
  EXPECT_THAT(prefixes(complete(prefix("a/b/")), asked), ElementsAre("a/b/"));
  expect_damaged(complete(prefix("a/")), "not asked for", asked);
  expect_damaged(complete(prefix("a/b")), "not asked for", asked);
  expect_damaged(complete(prefix("b/c/")), "not asked for", asked);
}

TEST_F(ListPageTest, KeysAscendByteByByte) {
  EXPECT_THAT(keys(complete(object("B") + object("a") + object("a!") + object("\xC3\xA9"))),
              ElementsAre("B", "a", "a!", "\xC3\xA9"));
  expect_damaged(complete(object("a") + object("c") + object("b")), "do not ascend");
  expect_damaged(complete(object("a") + object("a")), "do not ascend");
}

TEST_F(ListPageTest, AStoreThatListsInNoOrderIsRefusedForGood) {
  const JobError error = refusal(complete(object("b") + object("a") + object("d") + object("c")));
  EXPECT_EQ(error.error_class(), ErrorClass::permanent);
  EXPECT_EQ(error.code(), error_code::k_unsupported);
  EXPECT_THAT(error.what(), HasSubstr("directory buckets"));
  EXPECT_EQ(refusal(complete("<Name>captures--usw2-az1--x-s3</Name>" + object("a"))).code(),
            error_code::k_unsupported);
}

TEST_F(ListPageTest, GoesOnBehindThePageBefore) {
  EXPECT_THAT(keys(complete(object("b")), {.after = "a"}), ElementsAre("b"));
  expect_damaged(complete(object("b")), "url_encoding: false", {.after = "b"});
  expect_damaged(complete(object("b")), "after c begins with b", {.after = "c"});
}

TEST_F(ListPageTest, MayBeginWithThePrefixThatItsStartLiesIn) {
  const AskedPage asked{.delimiter = "/", .after = "b/5.jpg"};
  EXPECT_THAT(prefixes(complete(prefix("b/") + prefix("c/")), asked), ElementsAre("b/", "c/"));
  expect_damaged(complete(prefix("a/")), "begins with a/", asked);
  expect_damaged(complete(prefix("b/")), "begins with b/", {.delimiter = "/", .after = "b/"});
}

TEST_F(ListPageTest, ATokenIsTakenByteForByte) {
  EXPECT_EQ(read(truncated(object("a"), " a%2Fb+&#x01;&#xd;\n&amp; ")).token(),
            " a%2Fb+\x01\r\n& ");
}

TEST_F(ListPageTest, WithoutATokenNothingSaysWhatComes) {
  expect_damaged(truncated(object("a"), ""), "NextContinuationToken");
  expect_damaged(page("<IsTruncated>true</IsTruncated>" + object("a")), "NextContinuationToken");
}

TEST_F(ListPageTest, ATokenThatWasThereBeforeGoesInCircles) {
  const TokenHashes tokens{hash_of_token("t1"), hash_of_token("t2")};
  const AskedPage asked{.tokens = &tokens};
  EXPECT_EQ(read(truncated(object("a"), "t3"), asked).token(), "t3");
  expect_damaged(truncated(object("a"), "t1"), "was there before", asked);
}

TEST_F(ListPageTest, NothingButIsTruncatedEndsAListing) {
  EXPECT_TRUE(read(truncated("", "t")).is_truncated());
  EXPECT_FALSE(read(complete("<NextContinuationToken/>")).is_truncated());
}

TEST_F(ListPageTest, TheLastPageHasNoTokenForAnother) {
  const std::string body = complete(
      object("a") + "<KeyCount>1</KeyCount><NextContinuationToken>t</NextContinuationToken>");
  expect_damaged(body, "it says that no more pages come, and what asks for the next one");
  AskedPage asked;
  asked.is_v1 = true;
  EXPECT_EQ(keys(body, asked).size(), 1U) << "version 1 knows no tokens";
  EXPECT_EQ(keys(complete(object("a") + "<NextContinuationToken/>")).size(), 1U);
}

TEST_F(ListPageTest, AnAnswerOfVersionOneIsNoneToVersionTwo) {
  for (const std::string& rest :
       {std::string("<IsTruncated>true</IsTruncated><Marker/>"),
        std::string("<IsTruncated>false</IsTruncated><Marker>0</Marker>"),
        std::string("<IsTruncated>true</IsTruncated><NextMarker>a</NextMarker>")}) {
    EXPECT_THROW(read(page(rest + object("a"))), OldAnswer) << rest;
    EXPECT_EQ(read(page(rest + object("a")), {.is_v1 = true}).objects().size(), 1U) << rest;
  }
}

TEST_F(ListPageTest, AnAnswerOfVersionTwoMayHaveAMarker) {
  EXPECT_EQ(read(truncated(object("a") + "<Marker/>", "t")).token(), "t");
  EXPECT_EQ(read(complete("<Marker/><KeyCount>0</KeyCount>")).next_after(), "");
}

TEST_F(ListPageTest, VersionOneGoesOnBehindTheLastKeyOrPrefix) {
  const AskedPage asked{.delimiter = "/", .after = "a", .is_v1 = true};
  const std::string more = "<IsTruncated>true</IsTruncated>";
  EXPECT_EQ(read(page(more + object("b") + prefix("c/")), asked).next_after(), "c/");
  EXPECT_EQ(read(page(more + object("d") + prefix("c/")), asked).next_after(), "d");
  EXPECT_EQ(read(page(more + object("d") + "<NextMarker>x</NextMarker>"), asked).next_after(), "d");
}

TEST_F(ListPageTest, VersionOneNeedsAMarkerBehindAnEmptyPage) {
  const AskedPage asked{.after = "b", .is_v1 = true};
  const auto empty_page = [](std::string_view marker, std::string_view encoding = "") {
    return page(fmt::format("<IsTruncated>true</IsTruncated>{}{}", marker, encoding));
  };
  EXPECT_EQ(read(empty_page("<NextMarker>c%2Fd</NextMarker>"), asked).next_after(), "c%2Fd");
  expect_damaged(empty_page(""), "NextMarker", asked);
  expect_damaged(empty_page("<NextMarker>b</NextMarker>"), "NextMarker", asked);
  expect_damaged(empty_page("<NextMarker>c%2Fd</NextMarker>", "<EncodingType>url</EncodingType>"),
                 "NextMarker", asked);
}

} // namespace
} // namespace nightshift::s3
