// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <filesystem>
#include <random>
#include <string>

namespace nightshift::tests {

// Captures of two deployments, a few of which come, go and change at each step. From one seed the
// same tree comes each time.
class ChangingTree {
 public:
  ChangingTree(std::filesystem::path root, std::uint64_t seed);

  void change();

 private:
  [[nodiscard]] int pick(int below);
  [[nodiscard]] std::filesystem::path some_folder();
  void add(const std::filesystem::path& folder);
  void remove_one(const std::filesystem::path& folder) const;
  void rewrite_one(const std::filesystem::path& folder);
  void put(const std::filesystem::path& file);

  std::filesystem::path root_;
  std::mt19937_64 random_;
  std::int64_t modified_ = 1'720'000'000;
};

} // namespace nightshift::tests
