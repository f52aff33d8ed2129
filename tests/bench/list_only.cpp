// SPDX-License-Identifier: Apache-2.0
//
// The floor: the project's own listing of a local tree, with nothing done with what it tells.
// Prints how many objects there were.
//
//   bench_list_only ROOT [THREADS]

#include "core/base/cpu_budget.hpp"
#include "core/runner/tbb_executor.hpp"
#include "core/storage/open_storage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <exception>

int main(int count, char** arguments) {
  using namespace nightshift; // NOLINT(google-build-using-namespace): a program of one page
  if (count != 2 && count != 3) {
    fmt::print(stderr, "usage: bench_list_only ROOT [THREADS]\n");
    return 64;
  }
  try {
    const int processors = cpu_budget({}).threads;
    const int threads = count == 3 ? std::max(std::atoi(arguments[2]), 1) // NOLINT(cert-err34-c)
                                   : std::max(8, processors);
    const ThreadBudget budget(threads);
    const CpuShares most(threads);
    const CpuShares shares(processors);
    const auto executor = count == 3 ? make_tbb_executor(threads, {})
                                     : make_storage_executor(most, shares, {}); // as a run has
    std::atomic<std::uint64_t> objects{0};
    const auto is_wanted = [](std::string_view /*folder*/, std::string_view name) {
      return name.ends_with(".jpg") ? std::nullopt : std::optional(Skip::extension);
    };
    open_storage({.uri = arguments[1]})
        ->list({.prefix = "", .filter = is_wanted},
               [&](FolderPart&& part) { objects += part.objects.size(); }, *executor, {});
    fmt::print("{}\n", objects.load());
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_list_only: {}\n", error.what());
    return 1;
  }
}
