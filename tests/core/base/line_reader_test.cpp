// SPDX-License-Identifier: Apache-2.0

#include "core/base/line_reader.hpp"
#include "tests/support/chunked_bytes.hpp"
#include "tests/support/error_of.hpp"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::StartsWith;
using tests::ChunkedBytes;

std::vector<std::string> lines_of(const std::string& text, std::size_t chunk) {
  ChunkedBytes source(text, chunk);
  LineReader lines(source);
  std::vector<std::string> found;
  while (lines.next()) {
    found.emplace_back(lines.text());
  }
  EXPECT_FALSE(lines.next()) << "the end stays the end";
  return found;
}

TEST(LineReader, GivesEachLineWithItsNewline) {
  for (const std::size_t chunk : {1U, 2U, 5U, 1000U}) {
    EXPECT_THAT(lines_of("a\n\nbc\r\nd", chunk), ElementsAre("a\n", "\n", "bc\r\n", "d"));
    EXPECT_THAT(lines_of("", chunk), ElementsAre());
  }
}

TEST(LineReader, GivesLinesThatAreLongerThanItsBuffer) {
  const std::string line(200'000, 'x');
  EXPECT_THAT(lines_of("a\n" + line + "\n" + line + "\nb", 1000),
              ElementsAre("a\n", line + "\n", line + "\n", "b"));
}

TEST(LineReader, MakesALineLongerByThoseThatFollow) {
  for (const std::size_t chunk : {1U, 1000U}) {
    ChunkedBytes source("a\nb\nc\nd", chunk);
    LineReader lines(source);
    ASSERT_TRUE(lines.next());
    ASSERT_TRUE(lines.extend());
    EXPECT_EQ(lines.text(), "a\nb\n");
    EXPECT_EQ(lines.line(), 1);
    ASSERT_TRUE(lines.next());
    EXPECT_EQ(lines.text(), "c\n");
    EXPECT_EQ(lines.line(), 3);
    EXPECT_EQ(lines.offset(), 4);
    EXPECT_FALSE(lines.is_torn());
    ASSERT_TRUE(lines.extend());
    EXPECT_EQ(lines.text(), "c\nd");
    EXPECT_TRUE(lines.is_torn());
    EXPECT_FALSE(lines.extend());
    EXPECT_EQ(lines.text(), "c\nd");
  }
}

TEST(LineReader, RefusesToKeepMoreThanItWasTold) {
  ChunkedBytes source("abcd\nabcde\nab\nab\nab\n");
  LineReader lines(source, 6);
  ASSERT_TRUE(lines.next());
  ASSERT_TRUE(lines.next());
  EXPECT_EQ(lines.text(), "abcde\n");
  ASSERT_TRUE(lines.next());
  ASSERT_TRUE(lines.extend());
  const JobError error = tests::error_of([&] { return lines.extend(); });
  EXPECT_EQ(error.code(), error_code::k_bad_data);
  EXPECT_THAT(error.what(), StartsWith("listing:3: goes on for more than 6 bytes"));

  ChunkedBytes endless(std::string(1000, 'x'), 1);
  LineReader one(endless, 100);
  EXPECT_EQ(tests::error_of([&] { return one.next(); }).code(), error_code::k_bad_data);
}

} // namespace
} // namespace nightshift
