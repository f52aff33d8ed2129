// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/sort_by_name.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::data_storage_sync {
namespace {

// A name and the size that stays with it.
using Named = std::pair<std::string, std::int64_t>;

std::vector<Named> sorted(const std::vector<Named>& named) {
  FolderPart part;
  for (const auto& [name, size] : named) {
    part.add(name, size, 1, "etag of " + name);
  }
  sort_by_name(part);
  std::vector<Named> ordered;
  for (const ObjectEntry& object : part.objects) {
    ordered.emplace_back(part.name(object), object.size);
    EXPECT_EQ(part.etag(object), "etag of " + ordered.back().first);
  }
  return ordered;
}

// In whatever order they come.
void expect_order_of_bytes(const std::vector<std::string>& names) {
  std::vector<Named> named;
  named.reserve(names.size());
  for (const std::string& name : names) {
    named.emplace_back(name, static_cast<std::int64_t>(named.size()) + 1);
  }
  std::vector<Named> expected = named;
  std::sort(expected.begin(), expected.end());
  std::mt19937 random(4711);
  for (int round = 0; round < 3; ++round) {
    std::shuffle(named.begin(), named.end(), random);
    EXPECT_EQ(sorted(named), expected);
  }
}

// Enough of them not to be sorted by comparing.
template <class NameOf>
std::vector<std::string> many(NameOf name_of) {
  constexpr int k_many = 1000;
  std::vector<std::string> names;
  names.reserve(k_many);
  for (int number = 0; number < k_many; ++number) {
    names.push_back(name_of(number));
  }
  return names;
}

TEST(SortByName, SortsByTheBytesOfTheNames) {
  expect_order_of_bytes({"20240601213001-b.jpg", "20240601213000-a.jpg", "20240531235959.jpg"});
  expect_order_of_bytes({"b", "a", "\xFF", "\x80", "Z", "\x7F"});
}

TEST(SortByName, SortsAFolderOfDates) {
  expect_order_of_bytes(many([](int number) {
    return fmt::format("20240601{:02}{:02}{:02}-snapshot.jpg", number % 24, number / 24 % 60,
                       number / 24 / 60);
  }));
}

TEST(SortByName, TellsNamesApartThatDifferFarBehindTheirCommonBeginning) {
  expect_order_of_bytes(
      many([](int number) { return fmt::format("common-12345678-{:09}-b.jpg", number); }));
}

TEST(SortByName, SortsEachOfSeveralCamerasNamesByItself) {
  expect_order_of_bytes(many([](int number) {
    return fmt::format("camera-{}-20240601{:06}.jpg", number % 3, 997 * number % 1000);
  }));
}

TEST(SortByName, TakesEveryByte) {
  expect_order_of_bytes(many([](int number) {
    return fmt::format("same{}{}", static_cast<char>(number % 256), static_cast<char>(number / 4));
  }));
}

TEST(SortByName, PutsANameBeforeThoseThatGoOn) {
  expect_order_of_bytes({"abcd", "abc", "ab", std::string("abc\0", 4), std::string("abc\0\0", 5)});
  expect_order_of_bytes(many(
      [](int number) { return "name" + std::string(static_cast<std::size_t>(number), '\0'); }));
  expect_order_of_bytes(
      many([](int number) { return std::string(static_cast<std::size_t>(number), 'a'); }));
}

TEST(SortByName, TakesAnyNumberOfNames) {
  expect_order_of_bytes({});
  expect_order_of_bytes({"alone"});
}

} // namespace
} // namespace nightshift::data_storage_sync
