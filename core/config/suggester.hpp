// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/suggestion.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift {

// `did_you_mean` among names that a person made up, of which there may be tens of thousands, for
// mistakes of which there may be as many: once it has cost too much, it has nothing more to say.
class Suggester {
 public:
  explicit Suggester(std::vector<std::string> known) : known_(std::move(known)) {}

  [[nodiscard]] const std::vector<std::string>& known() const noexcept { return known_; }

  [[nodiscard]] std::string suggest(std::string_view word) {
    constexpr std::size_t k_most_comparisons = 200'000;
    compared_ += known_.size();
    return compared_ <= k_most_comparisons ? did_you_mean(word, known_) : std::string();
  }

 private:
  std::vector<std::string> known_;
  std::size_t compared_ = 0;
};

} // namespace nightshift
