// SPDX-License-Identifier: Apache-2.0

#include "core/config/deployments_csv.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Reading {
  Value::List deployments;
  std::vector<std::string> mistakes; // "line:column message [hint]"
};

Reading read(std::string_view text) {
  Diagnostics diagnostics;
  Reading reading{read_deployments_csv(text, 2, diagnostics), {}};
  for (const Diagnostic& error : diagnostics.errors()) {
    EXPECT_EQ(error.position.file, 2);
    reading.mistakes.push_back(fmt::format("{}:{} {}{}", error.position.line, error.position.column,
                                           error.message,
                                           error.hint.empty() ? "" : " [" + error.hint + "]"));
  }
  return reading;
}

TEST(DeploymentsCsv, MakesEntriesOfRows) {
  const Reading reading =
      read("\xEF\xBB\xBFname,id,project_name,project_id,source,regex,latitude\r\n"
           "\"Costa Rica, \"\"north\"\"\",250,Labelling,88,disk,[0-9]+,-10.5\r\n"
           "12,251,Labelling,88,disk,,\r\n");
  EXPECT_THAT(reading.mistakes, IsEmpty());
  ASSERT_EQ(reading.deployments.size(), 2U);
  const Value& first = reading.deployments[0];
  EXPECT_EQ(*first.find("name")->as<std::string>(), "Costa Rica, \"north\"");
  EXPECT_EQ(*first.find("id")->as<std::int64_t>(), 250);
  EXPECT_EQ(*first.find("project")->find("id")->as<std::int64_t>(), 88);
  EXPECT_EQ(*first.find("project")->find("name")->as<std::string>(), "Labelling");
  EXPECT_EQ(*first.find("regex")->as<std::string>(), "[0-9]+");
  EXPECT_EQ(*first.find("latitude")->as<double>(), -10.5);
  const Value& second = reading.deployments[1];
  EXPECT_EQ(*second.find("name")->as<std::string>(), "12"); // text, whatever it looks like
  EXPECT_EQ(second.find("regex"), nullptr);
}

TEST(DeploymentsCsv, KnowsWhereEveryCellStands) {
  const Reading reading = read("id,name,project_id,project_name,source\n"
                               "1,\"two\nlines\",88,Zürich,disk\n"
                               "\n"
                               "2,x,88,Zürich,disk\n");
  EXPECT_THAT(reading.mistakes, IsEmpty());
  ASSERT_EQ(reading.deployments.size(), 2U);
  EXPECT_EQ(reading.deployments[0].position(), (SourcePosition{2, 2, 1}));
  EXPECT_EQ(reading.deployments[0].find("name")->position(), (SourcePosition{2, 2, 3}));
  EXPECT_EQ(reading.deployments[0].find("source")->position(), (SourcePosition{2, 3, 18}));
  EXPECT_EQ(reading.deployments[1].find("source")->position(), (SourcePosition{2, 5, 15}));
}

TEST(DeploymentsCsv, ReportsWhatIsWrongWithTheColumns) {
  EXPECT_THAT(
      read("id,nmae,project_id,id,banana\n1,a,2,3,4\n").mistakes,
      ElementsAre("1:4 deployments have no column \"nmae\" [did you mean \"name\"?]",
                  "1:20 the column \"id\" stands twice",
                  "1:23 deployments have no column \"banana\" [known: id, name, project_id, "
                  "project_name, source, subdir, regex, time_zone, latitude, longitude]",
                  "1:1 the column \"name\" is missing",
                  "1:1 the column \"project_name\" is missing",
                  "1:1 the column \"source\" is missing"));
}

TEST(DeploymentsCsv, ReportsRowsOfTheWrongLengthAndGoesOn) {
  const Reading reading =
      read("id,name,project_id,project_name,source\n1,a,2,b\n2,a,2,b,disk\n3,a,2,b,disk,x\n");
  EXPECT_THAT(reading.mistakes,
              ElementsAre("2:1 this row has 4 fields, and the first row names 5 columns",
                          "4:1 this row has 6 fields, and the first row names 5 columns"));
  EXPECT_EQ(reading.deployments.size(), 1U);
}

TEST(DeploymentsCsv, ReportsWhatIsNoCsv) {
  EXPECT_THAT(read("").mistakes,
              ElementsAre("0:0 the CSV is empty; its first row names the columns"));
  EXPECT_THAT(
      read("id,name,project_id,project_name,source\n1,a,2,b,disk\n2,\"a,2,b,disk\n").mistakes,
      ElementsAre("3:1 a quote is opened and never closed"));
  EXPECT_THAT(read("id,name\xFF\n").mistakes,
              ElementsAre("1:8 the byte 0xFF is no UTF-8; save the file as UTF-8"));
}

TEST(DeploymentsCsv, ListsAHundredThousandAndNoMore) {
  std::string text = "id,name,project_id,project_name,source\n";
  for (int i = 1; i <= 100'001; ++i) {
    text += fmt::format("{},a,1,b,d\n", i);
  }
  const Reading reading = read(text);
  EXPECT_EQ(reading.deployments.size(), 100'000U);
  EXPECT_THAT(reading.mistakes,
              ElementsAre("100002:1 a CSV may list 100,000 deployments, not more"));
}

} // namespace
} // namespace nightshift
