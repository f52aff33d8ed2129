// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/name_order.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::data_storage_sync {
namespace {

// The names as NameOrder sorts them.
std::vector<std::string> sorted(const std::vector<std::string>& names) {
  FolderPart part;
  for (const std::string& name : names) {
    part.add(name, 1, 1);
  }
  std::sort(part.objects.begin(), part.objects.end(), NameOrder(part));
  std::vector<std::string> ordered;
  for (const ObjectEntry& object : part.objects) {
    ordered.emplace_back(part.name(object));
  }
  return ordered;
}

void expect_order_of_bytes(std::vector<std::string> names) {
  const std::vector<std::string> ordered = sorted(names);
  std::sort(names.begin(), names.end());
  EXPECT_EQ(ordered, names);
}

TEST(NameOrder, IsTheOrderOfTheNamesBytes) {
  expect_order_of_bytes({"20240601213001-b.jpg", "20240601213000-a.jpg", "20240531235959.jpg"});
  expect_order_of_bytes({"b", "a", "\xFF", "\x80", "Z", "\x7F"});
}

TEST(NameOrder, TellsNamesApartThatDifferFarBehindTheirCommonBeginning) {
  expect_order_of_bytes({"common-12345678-b", "common-12345678-a", "common-02345678-c"});
}

TEST(NameOrder, PutsANameBeforeThoseThatGoOn) {
  expect_order_of_bytes({"abcd", "abc", "ab", std::string("abc\0", 4), std::string("abc\0\0", 5)});
}

TEST(NameOrder, TakesAnyNumberOfNames) {
  expect_order_of_bytes({});
  expect_order_of_bytes({"alone"});
}

} // namespace
} // namespace nightshift::data_storage_sync
