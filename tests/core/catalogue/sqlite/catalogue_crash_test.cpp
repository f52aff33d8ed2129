// SPDX-License-Identifier: Apache-2.0
//
// A sync that is killed at any change it makes to a file, whether it writes to the catalogue, its
// log or their index, costs nothing but that sync: the next one ends as if nothing had been.

#include "core/catalogue/open_catalogue.hpp"
#include "tests/support/capture_tree.hpp"
#include "tests/support/catalogue_views.hpp"
#include "tests/support/child_process.hpp"
#include "tests/support/regroup.hpp"
#include "tests/support/small_disk.hpp"
#include "tests/support/sqlite_faults.hpp"

#include <nightshift/testkit/memory_catalogue.hpp>

#include <gtest/gtest.h>

#include <csignal>
#include <cstdint>
#include <random>

namespace nightshift::tests {
namespace {

using Random = std::mt19937_64;

constexpr std::size_t k_disk_bytes = 16U << 20U;

MergeRules lenient_rules() {
  MergeRules rules;
  rules.allow_missing = true;
  return rules;
}

Deployment deployment() {
  Deployment deployment;
  deployment.id = 1;
  deployment.project = {1, "project"};
  return deployment;
}

CaptureTree random_tree(Random& random) {
  const auto below = [&](int end) {
    return static_cast<int>(random() % static_cast<unsigned>(end));
  };
  CaptureTree tree;
  for (int folders = 2 + below(4); folders > 0; --folders) {
    CaptureFolder& folder = tree["night" + std::to_string(below(6)) + "/"];
    for (int captures = 20 + below(60); captures > 0; --captures) {
      const int minute = below(3000);
      CaptureEntry& entry = folder[std::to_string(1000 + minute) + "-snapshot.jpg"];
      entry.time = below(10) == 0 ? std::nullopt : std::optional(evening(1, minute));
      entry.last_modified += below(2);
      entry.size = entry.time.value_or(0) % 1000;
    }
  }
  return tree;
}

// Some folders whole, some in parts; what is merged is sometimes committed in between.
void sync_and_regroup(Catalogue& catalogue, const CaptureTree& tree, Random& random) {
  const auto merge = catalogue.open_merge(1, lenient_rules());
  for (const auto& [path, folder] : tree) {
    const std::vector<CapturePart> parts = parts_of(path, folder, 1 + random() % 3);
    if (parts.size() == 1) {
      list_folder(*merge, parts.front());
    } else {
      std::for_each(parts.begin(), parts.end(), [&](const auto& part) { merge->merge(part); });
    }
    if (random() % 2 == 0) {
      catalogue.flush();
    }
  }
  merge->finish();
  regroup(catalogue, 1);
}

void run_syncs(const std::filesystem::path& folder, unsigned seed) {
  Random random(seed);
  const auto catalogue = open_catalogue("sqlite:catalogue.db", folder);
  catalogue->put_deployment(deployment());
  for (int round = 0; round < 2; ++round) {
    sync_and_regroup(*catalogue, random_tree(random), random);
  }
}

class CatalogueCrash : public testing::TestWithParam<std::tuple<unsigned, SqliteFaults::Kind>> {};

TEST_P(CatalogueCrash, LosesNothingWhereverItIsKilled) {
  const auto [seed, kind] = GetParam();
  Random random(seed + 1000);
  const CaptureTree last = random_tree(random);
  testkit::MemoryCatalogue fresh;
  fresh.put_deployment(deployment());
  sync(fresh, 1, last, lenient_rules());
  regroup(fresh, 1);
  const std::vector<std::string> expected = equality_of(fresh);

  // How many changes there are differs by a few: where the clock's second is the same as in the row
  // before, SQLite does not write it again.
  std::int64_t at = 1;
  for (bool is_killed = true; is_killed; ++at) {
    SCOPED_TRACE("killed at change " + std::to_string(at));
    const SmallDisk folder(k_disk_bytes);
    ChildProcess child([&, seed = seed, kind = kind] {
      const SqliteFaults faults(kind, at);
      run_syncs(folder.path(), seed);
    });
    const int ending = child.wait();
    is_killed = ending != 0;
    ASSERT_EQ(ending, is_killed ? -SIGKILL : 0);

    const auto catalogue = open_catalogue("sqlite:catalogue.db", folder.path());
    catalogue->put_deployment(deployment());
    sync(*catalogue, 1, last, lenient_rules());
    regroup(*catalogue, 1);
    ASSERT_EQ(equality_of(*catalogue), expected);
  }
  EXPECT_GT(at, 50);
}

INSTANTIATE_TEST_SUITE_P(Seeds, CatalogueCrash,
                         testing::Values(std::tuple(1U, SqliteFaults::Kind::kill),
                                         std::tuple(2U, SqliteFaults::Kind::kill),
                                         std::tuple(3U, SqliteFaults::Kind::torn_write)),
                         [](const auto& each) {
                           return "Seed" + std::to_string(std::get<0>(each.param));
                         });

} // namespace
} // namespace nightshift::tests
