// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/settings.hpp"

#include <gmock/gmock.h>

namespace nightshift::manifest {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

StorageSettings source(const std::string& uri, Value::Map options = {}) {
  options.insert(options.begin(), {"uri", {}, Value(uri)});
  return {uri, Value(std::move(options))};
}

Settings settings_of(const StorageSettings& source) {
  Diagnostics diagnostics;
  const auto settings = read_settings(source, diagnostics);
  EXPECT_FALSE(diagnostics.has_errors()) << diagnostics.errors().front().message;
  return settings.value_or(Settings{});
}

std::string mistake_in(const StorageSettings& source) {
  Diagnostics diagnostics;
  EXPECT_FALSE(read_settings(source, diagnostics));
  return diagnostics.has_errors() ? diagnostics.errors().front().message : "none";
}

TEST(ManifestSettings, AreNoMoreThanAPathAtFirst) {
  for (const char* uri : {"manifest:/srv/my%20list.csv", "manifest:///srv/my%20list.csv"}) {
    const Settings settings = settings_of(source(uri));
    EXPECT_EQ(settings.path, "/srv/my list.csv");
    EXPECT_EQ(settings.format, Format::automatic);
    EXPECT_TRUE(settings.columns.empty());
    EXPECT_TRUE(settings.schema.empty());
    EXPECT_EQ(settings.root, "");
    EXPECT_FALSE(settings.max_age);
    EXPECT_EQ(make_uri(settings.path), "manifest:/srv/my%20list.csv");
  }
}

TEST(ManifestSettings, AreReadFromASourcesOptions) {
  const Settings settings = settings_of(source(
      "manifest:/l",
      {{"format", {}, Value("csv")},
       {"columns", {}, Value(Value::Map{{"key", {}, Value("File")}, {"etag", {}, Value("Sum")}})},
       {"schema", {}, Value(" File, size,,Sum ")},
       {"root", {}, Value("trial")},
       {"max_age", {}, Value("2d")}}));
  EXPECT_EQ(settings.format, Format::csv);
  EXPECT_EQ(settings.columns,
            (std::map<Field, std::string>{{Field::key, "File"}, {Field::etag, "Sum"}}));
  EXPECT_THAT(settings.schema, ElementsAre("File", "size", "", "Sum"));
  EXPECT_EQ(settings.root, "trial/") << "whole folders";
  EXPECT_EQ(settings.max_age, std::chrono::hours(48));
}

TEST(ManifestSettings, SayWhatIsWrongWithThem) {
  const auto with = [](const char* key, Value value) {
    return source("manifest:/l", {{key, {}, std::move(value)}});
  };
  EXPECT_THAT(mistake_in(source("manifest:l.csv")), HasSubstr("URI has no absolute path"));
  EXPECT_THAT(mistake_in(source("manifest://nas/l.csv")), HasSubstr("names a host"));
  EXPECT_THAT(mistake_in(with("format", Value("xml"))), HasSubstr("format must be one of auto"));
  EXPECT_THAT(mistake_in(with("colour", Value("red"))),
              HasSubstr("a manifest source has no key \"colour\""));
  EXPECT_THAT(mistake_in(with("columns", Value(Value::Map{{"name", {}, Value("x")}}))),
              HasSubstr("columns has no key \"name\""));
  EXPECT_THAT(mistake_in(with("columns", Value(Value::Map{{"key", {}, Value(5)}}))),
              HasSubstr("key must be text"));
  EXPECT_THAT(mistake_in(with("schema", Value("key, bytes"))),
              HasSubstr("schema has no column named size"));
  EXPECT_THAT(mistake_in(with("max_age", Value(5))), HasSubstr("max_age must be a duration"));
  EXPECT_THAT(mistake_in(source("manifest:/l", {{"schema", {}, Value("key, size")},
                                                {"format", {}, Value("jsonl")}})),
              HasSubstr("schema is for a CSV"));
}

} // namespace
} // namespace nightshift::manifest
