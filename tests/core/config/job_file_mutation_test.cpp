// SPDX-License-Identifier: Apache-2.0
//
// Files that nobody would write: good ones with bytes changed at random. Whatever comes, reading
// ends, and in one of the ways that it promises; the sanitizers watch over the rest.

#include "core/config/job_file.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>

namespace nightshift {
namespace {

constexpr std::string_view k_good = R"(version: 1
state_dir: var
include: [part.yaml]
sources: {disk: {uri: "file:///srv/captures"}, env: {uri: "/${env:NIGHTSHIFT_TEST_UNSET:-x}"}}
defaults: &limits {attempts: 3, timeout: 2h, max_failed: 1%}
deployments:
  - {id: 250, name: "Zürich", project: &p {id: 88, name: 'it''s'}, source: disk, regex: "\\.jpg$"}
  - id: 251
    name: >-
      two
      lines
    project: *p
    source: env
    time_zone: "-06:00"   # a comment
jobs:
  - name: "Sync {deployment.id}"
    type: data_storage_sync
    for_each: deployments
    needs: [other]
    params: {max_gap: 120min, list: [1, 2.5, true, ~]}
  - {name: other, type: hello, delay: 1, limit: null}
)";

constexpr std::string_view k_part = "jobs: [{name: third, type: hello}]\n";
constexpr std::string_view k_csv = "id,name,project_id,project_name,source,latitude\n"
                                   "1,\"a \"\"b\"\"\",88,it's,disk,10.5\n2,c,88,it's,disk,\n";

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::string mutate(std::string_view good) {
    std::string text(good);
    for (int edits = number(1, 6); edits > 0; --edits) {
      edit(text);
    }
    return text;
  }

 private:
  int number(int from, int to) { return std::uniform_int_distribution(from, to)(random_); }

  std::size_t place(const std::string& text) {
    return static_cast<std::size_t>(number(0, static_cast<int>(text.size())));
  }

  char byte() {
    constexpr std::string_view k_telling = "[]{}:,-?&*!|>'\"%@`#$\\\n\r\t 01~<.=";
    return number(0, 3) > 0 ? k_telling[static_cast<std::size_t>(
                                  number(0, static_cast<int>(k_telling.size()) - 1))]
                            : static_cast<char>(number(0, 255));
  }

  void edit(std::string& text) {
    const std::size_t at = place(text);
    const std::size_t other = place(text);
    switch (number(0, 5)) {
    case 0:
      text.insert(at, 1, byte());
      break;
    case 1:
      text.erase(at, static_cast<std::size_t>(number(1, 8)));
      break;
    case 2:
      text.insert(at, text.substr(other, static_cast<std::size_t>(number(1, 40))));
      break;
    case 3:
      text.insert(at, static_cast<std::size_t>(number(1, 300)), byte());
      break;
    case 4:
      text.resize(at);
      break;
    default:
      if (at < text.size()) {
        text[at] = byte();
      }
    }
  }

  std::mt19937 random_;
};

void read_whatever_it_is(const tests::TempDir& dir) {
  try {
    static_cast<void>(read_job_file(dir / "job.yaml"));
  } catch (const JobFileError& error) {
    EXPECT_GT(error.count(), 0U);
    EXPECT_NE(std::string_view(error.what()).find("error: "), std::string_view::npos);
  } catch (const JobError& error) {
    EXPECT_NE(std::string_view(error.what()), "");
  }
}

TEST(JobFileMutation, AlwaysEndsInAJobFileOrInItsMistakes) {
  const tests::TempDir dir;
  dir.write("part.yaml", k_part);
  for (unsigned seed = 0; seed < 2000; ++seed) {
    SCOPED_TRACE(seed);
    dir.write("job.yaml", Mutator(seed).mutate(k_good));
    const auto begin = std::chrono::steady_clock::now();
    ASSERT_NO_FATAL_FAILURE(read_whatever_it_is(dir));
    ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  }
}

TEST(JobFileMutation, HoldsForIncludedFilesAndCsvsToo) {
  const tests::TempDir dir;
  dir.write("job.yaml", "version: 1\ninclude: [part.yaml]\nsources: {disk: {uri: /x}}\n"
                        "deployments: {csv: d.csv}\n"
                        "jobs: [{name: \"{deployment.id}\", type: t, for_each: deployments}]\n");
  for (unsigned seed = 0; seed < 500; ++seed) {
    SCOPED_TRACE(seed);
    dir.write("part.yaml", Mutator(seed).mutate(k_part));
    dir.write("d.csv", Mutator(seed).mutate(k_csv));
    ASSERT_NO_FATAL_FAILURE(read_whatever_it_is(dir));
  }
}

TEST(JobFileMutation, BeginsWithAFileThatIsGood) {
  const tests::TempDir dir;
  dir.write("job.yaml", k_good);
  dir.write("part.yaml", k_part);
  EXPECT_NO_THROW(static_cast<void>(read_job_file(dir / "job.yaml")));
}

} // namespace
} // namespace nightshift
