// SPDX-License-Identifier: Apache-2.0
//
// A listing made elsewhere is a source like any other.

#include "tests/support/gzip.hpp"
#include "tests/support/manifest_texts.hpp"
#include "tests/support/site.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace nightshift {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using tests::ListedObjects;
using tests::Site;

// The files below a folder, as a tool would list them elsewhere, in no order.
ListedObjects objects_below(const fs::path& folder) {
  ListedObjects objects;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    struct stat facts {};

    if (entry.is_regular_file() && ::stat(entry.path().c_str(), &facts) == 0) {
      objects.push_back({entry.path().lexically_relative(folder).string(), facts.st_size,
                         facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec});
    }
  }
  std::sort(objects.begin(), objects.end(), [](const auto& a, const auto& b) {
    return a.key.substr(a.key.size() / 2) < b.key.substr(b.key.size() / 2);
  });
  return objects;
}

// Two deployments in one source, which is given as YAML.
void write_job_file(const Site& site, const std::string& source) {
  site.write_job_file_text(fmt::format(R"(version: 1
state_dir: state
sources:
  traps: {}
deployments:
  - {{id: 1, name: Ridge, project: {{id: 1, name: Moths}}, source: traps, subdir: ridge}}
  - {{id: 2, name: Meadow, project: {{id: 1, name: Moths}}, source: traps, subdir: meadow}}
jobs:
  - {{name: "Sync {{deployment.id}}", type: data_storage_sync, for_each: deployments}}
)",
                                       source));
}

// All that a catalogue holds but when it was written, and the ids of sessions.
std::string catalogue_of(const Site& site) {
  std::string text;
  for (const char* view : {"captures", "sessions", "undated", "deployments"}) {
    for (Json row : site.view(view)) {
      for (const char* key : {"data_source_last_checked", "session_id", "id"}) {
        row.erase(key);
      }
      text += to_line(row) + "\n";
    }
  }
  return text;
}

class ManifestSource : public testing::Test {
 protected:
  ManifestSource() {
    tree_.add_captures("ridge/a", 30);
    tree_.add_captures("ridge/a/b", 20, 24 * 60);
    tree_.add_captures("meadow", 25);
    tree_.folder().write("captures/meadow/notes.txt", "no capture");
    tree_.folder().write("captures/meadow/._a.jpg", "litter");
    tree_.folder().write("captures/ridge/undated.jpg", "x");
    write_job_file(tree_, "{uri: captures}");
    EXPECT_EQ(tree_.sync().exit_code, 0);
  }

  // A sync of a manifest ends as the sync of the tree has.
  void expect_same(const std::string& source) {
    write_job_file(site_, source);
    const auto result = site_.sync({"--jobs", "2"});
    EXPECT_EQ(result.exit_code, 0) << result.err;
    EXPECT_EQ(catalogue_of(site_), catalogue_of(tree_));
  }

  [[nodiscard]] ListedObjects objects() const { return objects_below(tree_.captures()); }

  Site tree_;
  Site site_; // has the manifest and nothing of the tree
};

TEST_F(ManifestSource, OfWhatFindPrintsEndsAsTheTreeDoes) {
  // As configs/README.md has it.
  const std::string command =
      fmt::format(R"(cd '{}' && {{ echo key,size,last_modified; )"
                  R"(find . -type f -printf '"%P",%s,%T@\n'; }} > '{}/listing.csv')",
                  tree_.captures().string(), site_.path().string());
  ASSERT_EQ(std::system(command.c_str()), 0);
  expect_same("{uri: 'manifest:listing.csv'}");
}

TEST_F(ManifestSource, InJsonLinesEndsAsTheTreeDoes) {
  site_.folder().write("lists/a b.jsonl.gz", tests::gzip(tests::json_lines_manifest(objects())));
  expect_same("{uri: 'manifest:lists/a%20b.jsonl.gz', max_age: 1d}");
}

TEST_F(ManifestSource, OfRcloneEndsAsTheTreeDoes) {
  site_.folder().write("lsjson", tests::rclone_manifest(objects()));
  expect_same(
      fmt::format("{{uri: 'manifest:{}', format: rclone}}", (site_.path() / "lsjson").string()));
}

TEST_F(ManifestSource, OfAnS3InventoryBelowARootEndsAsTheTreeDoes) {
  ListedObjects listed = objects();
  for (auto& object : listed) {
    object.key.insert(0, "of the trial/");
  }
  listed.push_back({"elsewhere/20240601213000.jpg", 5, 0});
  tests::write_inventory(site_.folder(), listed, 20);
  expect_same("{uri: 'manifest:nightly/2024-03-01T09-00Z/manifest.json', root: of the trial}");
}

TEST_F(ManifestSource, OfAnInventorysDataFileEndsAsTheTreeDoes) {
  site_.folder().write("data.csv.gz", tests::gzip(tests::inventory_data(objects())));
  expect_same(
      fmt::format("{{uri: 'manifest:data.csv.gz', schema: '{}'}}", tests::k_inventory_schema));
}

TEST_F(ManifestSource, ThatWasCutShortMarksNothingAsMissing) {
  const std::string whole = tests::csv_manifest(objects());
  site_.folder().write("listing.csv", whole);
  expect_same("{uri: 'manifest:listing.csv'}");
  const std::string before = catalogue_of(site_);
  site_.folder().write("listing.csv", whole.substr(0, whole.size() - 40));
  const auto result = site_.sync();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("listing.csv:"));
  EXPECT_THAT(result.err, HasSubstr("make the manifest anew"));
  EXPECT_EQ(site_.record(3)["status"], "FAILURE");
  EXPECT_EQ(site_.record(3)["runner"]["reason"], "bad_data");
  EXPECT_EQ(catalogue_of(site_), before);
}

TEST_F(ManifestSource, IsPlannedAndExamined) {
  site_.folder().write("listing.csv", tests::csv_manifest(objects()));
  write_job_file(site_, "{uri: 'manifest:listing.csv'}");
  const auto plan = site_.run({"plan", site_.job_file().string()});
  EXPECT_EQ(plan.exit_code, 0) << plan.err;
  EXPECT_THAT(plan.out, HasSubstr("Sync 1         51 "));
  const auto doctor = site_.run({"doctor", site_.job_file().string()});
  EXPECT_THAT(doctor.out, HasSubstr("manifest:" + (site_.path() / "listing.csv").string() +
                                    ": 2 deployments, such as "));
  fs::remove(site_.path() / "listing.csv");
  const auto refused = site_.sync();
  EXPECT_EQ(refused.exit_code, 66);
  EXPECT_THAT(refused.err, HasSubstr("listing.csv"));
}

} // namespace
} // namespace nightshift
