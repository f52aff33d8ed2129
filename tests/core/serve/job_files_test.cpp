// SPDX-License-Identifier: Apache-2.0

#include "core/serve/job_files.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightshift::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class JobFilesTest : public testing::Test {
 protected:
  void write(const std::string& name, const std::string& yaml) const {
    place_.write("jobs/" + name, yaml);
  }

  [[nodiscard]] JobOffers offers() const {
    return JobFiles(place_ / "jobs", {"sqlite:catalogue.db", place_.path()}).offers();
  }

  [[nodiscard]] std::vector<std::string> offered() const {
    std::vector<std::string> names;
    for (const JobOffer& offer : offers().jobs) {
      names.push_back(offer.file.filename().string() + ": " + offer.name);
    }
    return names;
  }

  tests::TempDir place_;
};

TEST_F(JobFilesTest, JobsAreOfferedHoweverTheirKeyIsWritten) {
  write("a.yaml", "version: 1\njobs:\n  - {name: plain, type: t}\n");
  write("b.yaml", "version: 1\n\"jobs\":\n  - {name: quoted, type: t}\n");
  write("c.yaml", "version: 1\n'jobs' : [{name: spaced, type: t}]\n");
  write("d.yaml", "version: 1\njobs :\n  - {name: spaced too, type: t}\n");
  write("e.yaml", "{version: 1, jobs: [{name: flow, type: t}]}\n");
  write("f.yml", "\xEF\xBB\xBFjobs: [{name: marked, type: t}]\nversion: 1\n");
  EXPECT_THAT(offered(), ElementsAre("a.yaml: plain", "b.yaml: quoted", "c.yaml: spaced",
                                     "d.yaml: spaced too", "e.yaml: flow", "f.yml: marked"));
  EXPECT_THAT(offers().problems, IsEmpty());
}

TEST_F(JobFilesTest, JobsThatAFileOnlyIncludesAreOfferedOnceAndAsThatFiles) {
  write("all.yaml", "version: 1\ninclude: [more/first.yaml, second.yaml, third.yaml]\n");
  write("more/first.yaml", "jobs: [{name: first, type: t}]\n");
  write("second.yaml", "jobs: [{name: second, type: t}]\n");
  write("third.yaml", "version: 1\njobs: [{name: third, type: t}]\n");
  EXPECT_THAT(offered(), ElementsAre("all.yaml: first", "all.yaml: second", "all.yaml: third"));
  EXPECT_THAT(offers().problems, IsEmpty());
}

TEST_F(JobFilesTest, AFileWithoutJobsIsNoProblem) {
  write("empty.yaml", "");
  write("disabled.yaml", "# version: 1\n  # jobs: [{name: no more, type: t}]\n");
  write("sources.yaml", "include: [deployments.yaml]\nsources: {disk: {uri: /srv/jobs}}\n");
  write("deployments.yaml", "deployments: []\n");
  write("other.yaml", "- some list\n");
  EXPECT_THAT(offered(), IsEmpty());
  EXPECT_THAT(offers().problems, IsEmpty());
}

TEST_F(JobFilesTest, AFileOfWhichItCannotBeToldWhetherItHasJobsIsAProblem) {
  write("broken.yaml", "{version: 1, jobs: [\n");
  write("lacking.yaml", "version: 1\ninclude: [gone.yaml]\n");
  EXPECT_THAT(offered(), IsEmpty());
  EXPECT_THAT(offers().problems,
              ElementsAre(HasSubstr("broken.yaml has "), HasSubstr("lacking.yaml has ")));
}

TEST_F(JobFilesTest, AMistakeOfAFileDoesNotHideTheJobsOfOthers) {
  write("bad.yaml", "version: 1\n\"jobs\": [{name: bad, typ: t}]\n");
  write("good.yaml", "version: 1\njobs: [{name: good, type: t}]\n");
  EXPECT_THAT(offered(), ElementsAre("good.yaml: good"));
  EXPECT_THAT(offers().problems, ElementsAre(HasSubstr("bad.yaml has ")));
}

} // namespace
} // namespace nightshift::serve
