// SPDX-License-Identifier: Apache-2.0
//
// What the catalogue does with a folder. Items are captures.

#include "core/catalogue/open_catalogue.hpp"
#include "tests/bench/micro/names.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/grouping.hpp>

#include <benchmark/benchmark.h>

#include <memory>

namespace nightshift::bench {
namespace {

constexpr std::size_t k_captures = 5'000;

class Place {
 public:
  Place() : catalogue_(open_catalogue("sqlite:catalogue.db", folder_.path())) {
    Deployment deployment;
    deployment.id = 1;
    deployment.project.id = 1;
    catalogue_->put_deployment(deployment);
  }

  // Merge one folder, as a listing of nothing else would.
  void merge(const CapturePart& captures) {
    MergeRules rules;
    rules.verify_full = true;
    rules.allow_missing = true;
    const auto merge = catalogue_->open_merge(1, rules);
    merge->merge(captures);
    catalogue_->flush();
  }

 private:
  tests::TempDir folder_;
  std::unique_ptr<Catalogue> catalogue_;
};

void count_captures(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(k_captures));
}

// Into a new folder each time: the feed.
void feed(benchmark::State& state) {
  Place place;
  CapturePart captures = folder_of_captures("a/", k_captures);
  int number = 0;
  for (auto _ : state) {
    captures.part.folder = fmt::format("{:08}/", number++);
    place.merge(captures);
  }
  count_captures(state);
}

BENCHMARK(feed)->Unit(benchmark::kMillisecond);

// Side by side with what is there: nothing is new.
void merge_unchanged(benchmark::State& state) {
  Place place;
  const CapturePart captures = folder_of_captures("a/", k_captures);
  place.merge(captures);
  for (auto _ : state) {
    place.merge(captures);
  }
  count_captures(state);
}

BENCHMARK(merge_unchanged)->Unit(benchmark::kMillisecond);

// One in a hundred is changed.
void merge_touched(benchmark::State& state) {
  Place place;
  CapturePart captures = folder_of_captures("a/", k_captures);
  place.merge(captures);
  for (auto _ : state) {
    for (std::size_t i = 0; i < captures.part.objects.size(); i += 100) {
      captures.part.objects[i].last_modified += 1'000'000'000;
    }
    captures.fingerprint = fingerprint_of(captures.part);
    place.merge(captures);
  }
  count_captures(state);
}

BENCHMARK(merge_touched)->Unit(benchmark::kMillisecond);

void fragments(benchmark::State& state) {
  std::vector<std::int64_t> times;
  for (std::size_t i = 0; i < k_captures; ++i) {
    times.push_back(1'717'277'400 + static_cast<std::int64_t>(i) * 60 +
                    static_cast<std::int64_t>(i / 500) * 86'400);
  }
  for (auto _ : state) {
    std::vector<std::int64_t> sorted_here = times;
    benchmark::DoNotOptimize(fragments_of(1, sorted_here, std::chrono::hours{2}));
  }
  count_captures(state);
}

BENCHMARK(fragments);

// A million captures: fragments to chains, as a regroup does.
void chains(benchmark::State& state) {
  std::vector<Fragment> fragments;
  for (std::int64_t night = 0; night < 200; ++night) {
    const WallTime evening{std::chrono::seconds{1'717'277'400 + night * 86'400}};
    fragments.push_back({night, {evening, evening + std::chrono::hours{6}}, 5'000, 0});
  }
  for (auto _ : state) {
    benchmark::DoNotOptimize(chains_of(fragments, std::chrono::hours{2}));
  }
  state.SetItemsProcessed(state.iterations() * 1'000'000);
}

BENCHMARK(chains);

} // namespace
} // namespace nightshift::bench
