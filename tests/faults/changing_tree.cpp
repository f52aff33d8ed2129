// SPDX-License-Identifier: Apache-2.0

#include "tests/faults/changing_tree.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <utility>
#include <vector>

namespace nightshift::tests {
namespace {

constexpr std::int64_t k_first = 1'717'277'400; // 2024-06-01T21:30:00

std::optional<std::filesystem::path> first_file(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  if (std::filesystem::is_directory(folder)) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      files.push_back(entry.path());
    }
  }
  const auto least = std::min_element(files.begin(), files.end());
  return least != files.end() ? std::optional(*least) : std::nullopt;
}

} // namespace

ChangingTree::ChangingTree(std::filesystem::path root, std::uint64_t seed)
    : root_(std::move(root)),
      random_(seed) {
  for (const char* deployment : {"a", "b"}) {
    for (int folder = 0; folder < 4; ++folder) {
      for (int i = 0; i < 12; ++i) {
        add(root_ / deployment / std::to_string(folder));
      }
    }
  }
}

void ChangingTree::change() {
  for (int i = 1 + pick(4); i > 0; --i) {
    add(some_folder());
  }
  for (int i = pick(4); i > 0; --i) {
    remove_one(some_folder());
  }
  for (int i = pick(3); i > 0; --i) {
    rewrite_one(some_folder());
  }
}

int ChangingTree::pick(int below) {
  return static_cast<int>(random_() % static_cast<std::uint64_t>(below));
}

std::filesystem::path ChangingTree::some_folder() {
  return root_ / (pick(2) == 0 ? "a" : "b") / std::to_string(pick(5));
}

// Within eight nights, and one in twelve without a time: sessions grow, meet and part.
void ChangingTree::add(const std::filesystem::path& folder) {
  const std::time_t taken = k_first + std::int64_t{pick(8)} * 86'400 + std::int64_t{pick(600)} * 60;
  put(folder / (pick(12) == 0 ? fmt::format("undated {}.jpg", pick(1000))
                              : fmt::format("{:%Y%m%d%H%M%S}-snapshot.jpg", fmt::gmtime(taken))));
}

void ChangingTree::remove_one(const std::filesystem::path& folder) const {
  if (const auto file = first_file(folder)) {
    std::filesystem::remove(*file);
  }
}

void ChangingTree::rewrite_one(const std::filesystem::path& folder) {
  if (const auto file = first_file(folder)) {
    put(*file);
  }
}

// Never in place, which a run with --quick may miss.
void ChangingTree::put(const std::filesystem::path& file) {
  const std::filesystem::path part = file.native() + ".part";
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(part) << "jpeg" << std::string(static_cast<std::size_t>(pick(40)), '.');
  const timespec times[2]{{++modified_, 0}, {modified_, 500}};
  utimensat(AT_FDCWD, part.c_str(), times, 0);
  std::filesystem::rename(part, file);
}

} // namespace nightshift::tests
