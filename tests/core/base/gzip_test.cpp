// SPDX-License-Identifier: Apache-2.0

#include "core/base/gzip.hpp"
#include "tests/support/chunked_bytes.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/gzip.hpp"

#include <gmock/gmock.h>

#include <string>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using tests::ChunkedBytes;
using tests::gzip;
using tests::read_all;

std::string unpacked(const std::string& file, std::size_t chunk = 4096, std::size_t piece = 4096) {
  ChunkedBytes source(file, chunk);
  GzipBytes bytes(source);
  return read_all(bytes, piece);
}

std::string gzip_error_in(const std::string& file) {
  return tests::error_of([&] { return unpacked(file); }).what();
}

// A text that does not shrink to nothing.
std::string some_text(int lines) {
  std::string text;
  for (int i = 0; i < lines; ++i) {
    text += std::to_string(i * 7919 % 10'007) + ",some text\n";
  }
  return text;
}

TEST(GzipBytes, UnpackWhateverTheChunksAre) {
  const std::string text = some_text(20'000);
  const std::string file = gzip(text);
  EXPECT_TRUE(is_gzip(file));
  EXPECT_FALSE(is_gzip("key,size\n"));
  EXPECT_FALSE(is_gzip("\x1F"));
  for (const std::size_t chunk : {1U, 1000U, 1'000'000U}) {
    for (const std::size_t piece : {1U, 999U, 1'000'000U}) {
      EXPECT_EQ(unpacked(file, chunk, piece), text);
    }
  }
  EXPECT_EQ(unpacked(gzip("")), "");
}

TEST(GzipBytes, GoOnThroughAllMembers) {
  EXPECT_EQ(unpacked(gzip("one ") + gzip("") + gzip("two")), "one two");
}

TEST(GzipBytes, TellThatTheFileWasCutShortWhereverItWas) {
  const std::string file = gzip(some_text(200));
  for (std::size_t size = 1; size < file.size(); ++size) {
    EXPECT_THAT(gzip_error_in(file.substr(0, size)), HasSubstr("cut short")) << size;
  }
}

TEST(GzipBytes, TellThatTheFileIsDamagedWhereverItIs) {
  const std::string text = some_text(200);
  const std::string file = gzip(text);
  constexpr std::size_t k_header = 10; // of which time, flags and system say nothing of the content
  int told = 0;
  for (std::size_t at = k_header; at < file.size(); ++at) {
    std::string damaged = file;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    try {
      EXPECT_EQ(unpacked(damaged), text) << "no bit but one of no meaning may change unnoticed";
    } catch (const JobError& error) {
      EXPECT_EQ(error.code(), error_code::k_bad_data);
      ++told;
    }
  }
  EXPECT_GE(told, static_cast<int>(file.size() - k_header - 1));
}

TEST(GzipBytes, TellOfWhatIsNoGzipFileAndOfWhatFollowsOne) {
  EXPECT_THAT(gzip_error_in("key,size\n"), HasSubstr("damaged"));
  EXPECT_THAT(gzip_error_in(gzip("a") + "more"), HasSubstr("goes on behind the end"));
  EXPECT_THAT(gzip_error_in(gzip("a") + '\0'), StartsWith("listing goes on")) << "names the file";
}

} // namespace
} // namespace nightshift
