// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_sources.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace nightshift {
namespace {

using testing::HasSubstr;
using tests::mistakes_in_text;
using tests::TempDir;

TEST(Sources, HaveTheirRelativePathsMadeAbsolute) {
  const TempDir dir;
  dir.write("job.yaml", "version: 1\nsources: {a: {uri: captures}, b: {uri: ../c d/./e}, "
                        "c: {uri: /abs}, d: {uri: file:/abs}}\njobs: [{name: a, type: t}]\n");
  const JobFile file = read_job_file(dir / "job.yaml");
  EXPECT_EQ(file.sources[0].uri, (dir / "captures").string());
  EXPECT_EQ(*file.sources[0].options.find("uri")->as<std::string>(), file.sources[0].uri);
  EXPECT_EQ(file.sources[1].uri, (dir.path().parent_path() / "c d/e").string());
  EXPECT_EQ(file.sources[2].uri, "/abs");
  EXPECT_EQ(file.sources[3].uri, "file:/abs");
}

TEST(Sources, HaveRelativePathsOfManifestsMadeAbsoluteToo) {
  const TempDir dir;
  dir.write("50% of it#/job.yaml",
            "version: 1\nsources: {a: {uri: manifest:a%20b.csv}, b: {uri: manifest:../c/./d.csv}, "
            "c: {uri: manifest:/abs.csv}, d: {uri: manifest:///abs.csv}}\n"
            "jobs: [{name: a, type: t}]\n");
  const JobFile file = read_job_file(dir / "50% of it#/job.yaml");
  const std::string manifest = "manifest:" + dir.path().string();
  EXPECT_EQ(file.sources[0].uri, manifest + "/50%25 of it%23/a%20b.csv");
  EXPECT_EQ(*file.sources[0].options.find("uri")->as<std::string>(), file.sources[0].uri);
  EXPECT_EQ(file.sources[1].uri, manifest + "/c/d.csv");
  EXPECT_EQ(file.sources[2].uri, "manifest:/abs.csv");
  EXPECT_EQ(file.sources[3].uri, "manifest:///abs.csv");
}

TEST(Sources, SayWhatIsWrongWithThem) {
  struct Row {
    std::string_view entry;
    std::string_view expected;
  };

  const Row rows[] = {
      {"{uri: gs://bucket, region: x}", "there is no storage for gs:\n"},
      {"{uri: /x, region: x}", "a local source has no key \"region\"\n"},
      {"{uri: s3://bucket, secret_access_key: hush}",
       "\"secret_access_key\" cannot stand in a job file, which others read\n"},
      {"{uri: s3://bucket, endpoint: x}", "a source in an object store has no key \"endpoint\"\n"},
      {"{uri: s3://bucket, addressing: dns}",
       "addressing must be one of auto, path, virtual, not \"dns\"\n"},
      {"{uri: /x, format: csv}", "a local source has no key \"format\"\n"},
      {"{uri: 'manifest:a', format: tsv}",
       "format must be one of auto, csv, jsonl, rclone, s3_inventory, not \"tsv\"\n"},
      {"{uri: 'manifest:a', max_age: 2}", "max_age must be a duration"},
      {"{uri: 'manifest:a', colums: {}}", "a manifest source has no key \"colums\"\n"},
      {"{url: /x}", "a local source needs \"uri\"\n"},
      {"{uri: 5}", "uri must be text, not 5\n"},
      {"{uri: \"\"}", "uri must not be empty\n"},
      {"/x", "a local source must be a map, not \"/x\"\n"},
  };
  for (const Row& row : rows) {
    const std::string text =
        mistakes_in_text("version: 1\nsources:\n  disk: " + std::string(row.entry) +
                         "\njobs: [{name: a, type: t}]\n");
    EXPECT_THAT(text, HasSubstr(row.expected)) << row.entry;
    EXPECT_THAT(text, testing::StartsWith("job.yaml:3:")) << row.entry;
  }
}

} // namespace
} // namespace nightshift
