// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/harmless_words.hpp"

#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

const Credentials k_ours{"AKIAEXAMPLE", Secret("s/e+c&t"), Secret("t/k=n==")};

TEST(HarmlessWords, AreAStoresOwn) {
  EXPECT_EQ(harmless_words("Access Denied.", &k_ours), "Access Denied.");
  EXPECT_EQ(harmless_words(" 100% of a & b; %", &k_ours), " 100% of a & b; %");
  EXPECT_EQ(harmless_words("", &k_ours), "");
}

TEST(HarmlessWords, AreNoneThatHoldWhatIsOurs) {
  for (const char* words : {"key AKIAEXAMPLE", "s/e+c&t", "x s/e+c&amp;ty", "s%2Fe%2Bc%26t",
                            "s%2fe+c%26t", "s%2Fe%2Bc%26amp%3Bt s/e+c&t", "t%2Fk%3Dn%3D%3D",
                            "t/k=n==", "t&#47;k&#x3D;n==", "100% of s%2Fe%2Bc%26t", "% s%2Fe+c&t",
                            "%zz&t%2Fk=n%3d=", "a & b; s/e+c&amp;t"}) {
    EXPECT_EQ(harmless_words(words, &k_ours), "") << words;
  }
}

TEST(HarmlessWords, AreKnownWithoutCredentials) {
  EXPECT_EQ(harmless_words("key AKIAEXAMPLE", nullptr), "key AKIAEXAMPLE");
}

TEST(HarmlessWords, AreNotLongerThanWordsAre) {
  EXPECT_EQ(harmless_words("a " + std::string(48, 'x') + " b", nullptr),
            "a " + std::string(48, 'x') + " b");
  EXPECT_EQ(harmless_words("a " + std::string(49, 'x') + " b", nullptr), "a … b");
  EXPECT_EQ(harmless_words(std::string(200, 'x'), &k_ours), "…");
}

} // namespace
} // namespace nightshift::s3
