// SPDX-License-Identifier: Apache-2.0

#include "core/base/hash.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace nightshift {

namespace {

// The examples of FIPS 180-2, appendix B.
TEST(Sha256, AgreesWithTheStandardsExamples) {
  EXPECT_EQ(sha256("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::string million(1'000'000, 'a');
  EXPECT_EQ(sha256(million), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

// The examples of RFC 1321, appendix A.5.
TEST(Md5, AgreesWithTheStandardsExamplesHoweverTheBytesCome) {
  Hash none(HashAlgorithm::md5);
  EXPECT_EQ(none.hexadecimal(), "d41d8cd98f00b204e9800998ecf8427e");
  Hash digest(HashAlgorithm::md5);
  digest.add("message");
  digest.add("");
  digest.add(" digest");
  EXPECT_EQ(digest.hexadecimal(), "f96b697d7cb7938d525a2f31aaf161d0");
}

TEST(Sha256, OfAFileIsThatOfItsContent) {
  const tests::TempDir dir;
  const std::string content(1'000'000, 'a');
  EXPECT_EQ(sha256_of_file(dir.write("f", content)), sha256(content));
  EXPECT_EQ(sha256_of_file(dir.write("empty", "")), sha256(""));
}

TEST(Sha256, OfAMissingFileSaysSo) {
  EXPECT_EQ(tests::error_of([] { return sha256_of_file("/no/such/file"); }).code(),
            error_code::k_not_found);
}

std::string hexadecimal(const std::string& bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += fmt::format("{:02x}", static_cast<unsigned char>(byte));
  }
  return text;
}

// RFC 4231, test cases 1 and 6.
TEST(HmacSha256, IsWhatItsSpecificationSays) {
  EXPECT_EQ(hexadecimal(hmac_sha256(std::string(20, '\x0B'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hexadecimal(hmac_sha256(std::string(131, '\xAA'),
                                    "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

} // namespace

} // namespace nightshift
