// SPDX-License-Identifier: Apache-2.0

#include "core/base/byte_source.hpp"
#include "tests/support/chunked_bytes.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

using tests::ChunkedBytes;
using tests::read_all;

TEST(FileBytes, AreThoseOfTheFileWhateverThePiece) {
  const tests::TempDir dir;
  const std::string content = std::string(100'000, 'a') + '\0' + "end";
  const auto path = dir.write("a\nb", content);
  for (const std::size_t piece : {1U, 7U, 4096U, 1'000'000U}) {
    FileBytes bytes(path);
    EXPECT_EQ(read_all(bytes, piece), content);
  }
  EXPECT_EQ(FileBytes(path).name(), (dir / "a\\nb").string()) << "on one line";
  EXPECT_EQ(tests::error_of([&] { FileBytes(dir / "gone"); }).code(), error_code::k_not_found);
}

TEST(PeekedBytes, AreReadAsIfNobodyHadLooked) {
  for (const std::size_t chunk : {1U, 3U, 100U}) {
    ChunkedBytes source("0123456789", chunk);
    PeekedBytes bytes(source);
    EXPECT_EQ(bytes.peek(2), "01");
    EXPECT_EQ(bytes.peek(5), "01234");
    EXPECT_EQ(bytes.peek(1), "0");
    std::string front(3, '?');
    EXPECT_EQ(bytes.read(front), 3);
    EXPECT_EQ(front, "012");
    EXPECT_EQ(bytes.peek(4), "3456");
    EXPECT_EQ(bytes.peek(100), "3456789") << "fewer at the end";
    EXPECT_EQ(read_all(bytes, 2), "3456789");
    EXPECT_EQ(bytes.peek(1), "");
    EXPECT_EQ(bytes.name(), "listing");
  }
}

} // namespace
} // namespace nightshift
