// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/checksum.hpp"

#include <gtest/gtest.h>

#include <string>

namespace nightshift::sqlite {
namespace {

TEST(Checksum, PacksAnMd5AndNothingElse) {
  using namespace std::string_literals;

  struct Case {
    std::string etag;
    ChecksumAlgorithm algorithm;
    std::string bytes;
  };

  const std::string md5 = "00ff10a9b8c7d6e5f40123456789abcd";
  for (const Case& each : {
           Case{"", ChecksumAlgorithm::none, ""},
           Case{md5, ChecksumAlgorithm::md5,
                "\x00\xFF\x10\xA9\xB8\xC7\xD6\xE5\xF4\x01\x23\x45\x67\x89\xAB\xCD"s},
           Case{"00FF10A9B8C7D6E5F40123456789ABCD", ChecksumAlgorithm::etag,
                "00FF10A9B8C7D6E5F40123456789ABCD"},
           Case{md5 + "-2", ChecksumAlgorithm::etag, md5 + "-2"},
           Case{md5.substr(1), ChecksumAlgorithm::etag, md5.substr(1)},
           Case{"g" + md5.substr(1), ChecksumAlgorithm::etag, "g" + md5.substr(1)},
       }) {
    const Checksum checksum(each.etag);
    EXPECT_EQ(checksum.algorithm(), each.algorithm) << each.etag;
    EXPECT_EQ(checksum.bytes(), each.bytes) << each.etag;
  }
}

} // namespace
} // namespace nightshift::sqlite
