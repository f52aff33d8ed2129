// SPDX-License-Identifier: Apache-2.0
//
// What is done with each name of a listing. Items are names; the peers do the same with RE2.

#include "core/base/regex.hpp"
#include "plugins/data_storage_sync/capture_filter.hpp"
#include "plugins/data_storage_sync/capture_name.hpp"
#include "plugins/data_storage_sync/sort_by_name.hpp"
#include "tests/bench/micro/names.hpp"

#include <nightshift/fingerprint.hpp>

#include <benchmark/benchmark.h>
#include <re2/re2.h>

#include <algorithm>
#include <array>

namespace nightshift::bench {
namespace {

constexpr std::size_t k_names = 6'000;
constexpr const char* k_hostile = R"(^(\w+[_-]?)+\.png$)";

void count_names(benchmark::State& state) {
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(k_names));
}

void time_scanner(benchmark::State& state) {
  const auto names = mixed_names(k_names);
  for (auto _ : state) {
    for (const std::string& name : names) {
      benchmark::DoNotOptimize(data_storage_sync::parse_capture_name(name));
    }
  }
  count_names(state);
}

BENCHMARK(time_scanner);

// One leftmost search for a date and a time, with six captured numbers.
void time_by_re2_captures(benchmark::State& state) {
  const auto names = mixed_names(k_names);
  const re2::RE2 pattern(R"((\d{4})\D?(\d{2})\D?(\d{2})\D*(\d{2})\D?(\d{2})\D?(\d{2}))");
  for (auto _ : state) {
    for (const std::string& name : names) {
      std::array<int, 6> found{};
      benchmark::DoNotOptimize(re2::RE2::PartialMatch(name, pattern, &found[0], &found[1],
                                                      &found[2], &found[3], &found[4], &found[5]));
      benchmark::DoNotOptimize(found);
    }
  }
  count_names(state);
}

BENCHMARK(time_by_re2_captures);

void filter(benchmark::State& state, const char* regex) {
  const auto names = mixed_names(k_names);
  const auto pattern = *regex == '\0' ? nullptr : compile_regex(regex);
  const data_storage_sync::CaptureFilter filter(data_storage_sync::default_extensions(),
                                                pattern.get(), nullptr);
  for (auto _ : state) {
    for (const std::string& name : names) {
      benchmark::DoNotOptimize(filter("ridge/2024-06-01/", name));
    }
  }
  count_names(state);
}

BENCHMARK_CAPTURE(filter, by_extension, "");
BENCHMARK_CAPTURE(filter, plain_regex, R"(\.png$)");
BENCHMARK_CAPTURE(filter, plain_anchored_regex, R"(^\w+/\d+-\d+-\d+/.*\.png$)");
BENCHMARK_CAPTURE(filter, hostile_regex, k_hostile);

// On names made for it: long, and no match to the last letter.
void hostile_names(benchmark::State& state, const char* regex) {
  const auto pattern = compile_regex(regex);
  const std::string name = std::string(200, 'a') + "!";
  for (auto _ : state) {
    benchmark::DoNotOptimize(pattern->found_in(name));
  }
  state.SetItemsProcessed(state.iterations());
}

BENCHMARK_CAPTURE(hostile_names, plain_regex, R"(\w\.png$)");
BENCHMARK_CAPTURE(hostile_names, hostile_regex, k_hostile);

void fingerprint(benchmark::State& state) {
  const CapturePart captures = folder_of_captures("a/", k_names);
  for (auto _ : state) {
    benchmark::DoNotOptimize(fingerprint_of(captures.part));
  }
  count_names(state);
}

BENCHMARK(fingerprint);

// Names in the order of a hash, as ext4 gives them.
FolderPart shuffled_part() {
  FolderPart part = folder_of_captures("a/", k_names).part;
  std::sort(part.objects.begin(), part.objects.end(), [](const auto& a, const auto& b) {
    return a.size * 2654435761 % 4294967296 < b.size * 2654435761 % 4294967296;
  });
  return part;
}

void sort(benchmark::State& state, void (*how)(FolderPart& part)) {
  const FolderPart shuffled = shuffled_part();
  for (auto _ : state) {
    state.PauseTiming();
    FolderPart part = shuffled;
    state.ResumeTiming();
    how(part);
    benchmark::DoNotOptimize(part.objects.data());
  }
  count_names(state);
}

void compare_whole_names(FolderPart& part) {
  std::sort(part.objects.begin(), part.objects.end(),
            [&part](const auto& a, const auto& b) { return part.name(a) < part.name(b); });
}

BENCHMARK_CAPTURE(sort, by_name, data_storage_sync::sort_by_name);
BENCHMARK_CAPTURE(sort, by_comparing, compare_whole_names);

} // namespace
} // namespace nightshift::bench
