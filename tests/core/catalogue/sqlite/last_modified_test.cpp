// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/last_modified.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace nightshift::sqlite {
namespace {

constexpr std::int64_t k_second = 1'000'000'000;
constexpr std::int64_t k_2023 = 1'700'000'000;

TEST(StoredLastModified, IsSecondsWhereTheyAreWhole) {
  EXPECT_EQ(stored_last_modified(k_2023 * k_second), (StoredLastModified{k_2023}));
  EXPECT_EQ(stored_last_modified(-k_2023 * k_second), (StoredLastModified{-k_2023}));
  EXPECT_EQ(stored_last_modified(0), (StoredLastModified{0}));
}

TEST(StoredLastModified, KeepsEveryFraction) {
  for (const std::int64_t time : {k_2023 * k_second + 1, -k_2023 * k_second - 1}) {
    EXPECT_EQ(stored_last_modified(time), (StoredLastModified{time}));
  }
}

TEST(StoredLastModified, IsARealNumberWhereItCouldBeTakenForSeconds) {
  for (const std::int64_t time : {8 * k_second + 5, std::int64_t{-1}}) {
    EXPECT_EQ(stored_last_modified(time), (StoredLastModified{time, true}));
  }
  EXPECT_EQ(stored_last_modified(9 * k_second + 5), (StoredLastModified{9 * k_second + 5}));
}

TEST(StoredLastModified, IsNeverTakenForSecondsWhereItIsNanoseconds) {
  constexpr std::int64_t k_in_2250 = std::int64_t{8'836'000'000} * k_second;
  EXPECT_EQ(stored_last_modified(k_in_2250), (StoredLastModified{k_in_2250}));
  for (const std::int64_t end :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()}) {
    EXPECT_EQ(stored_last_modified(end), (StoredLastModified{end}));
  }
}

} // namespace
} // namespace nightshift::sqlite
