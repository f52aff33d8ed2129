// SPDX-License-Identifier: Apache-2.0

#include "core/config/schema.hpp"
#include "core/config/yaml_reader.hpp"
#include "tests/support/job_file_mistakes.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/grouping.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {
namespace {

using tests::mistakes_in;
using tests::TempDir;

JobTypeInfo sync_type() {
  JobTypeInfo info;
  info.key = "sync";
  info.stages = {"sync", "cache"};
  info.parameters = {
      {.key = "max_missing", .type = ParameterType::share, .fallback = "20%", .help = "Share."}};
  return info;
}

JobTypeInfo cache_type() {
  JobTypeInfo info;
  info.key = "cache";
  info.stages = {"cache"};
  info.parameters = grouping_parameters();
  return info;
}

// A document as JSON, as an editor sees it: `${env:NAME}` is not replaced.
Json as_written(const Value& value) {
  if (const auto* map = value.as<Value::Map>()) {
    Json json = Json::object();
    for (const Value::Member& member : *map) {
      json[member.key] = as_written(member.value);
    }
    return json;
  }
  if (const auto* list = value.as<Value::List>()) {
    Json json = Json::array();
    for (const Value& item : *list) {
      json.push_back(as_written(item));
    }
    return json;
  }
  if (!value.unresolved().empty()) {
    return value.unresolved();
  }
  if (const auto* whole = value.as<std::int64_t>()) {
    return *whole;
  }
  if (const auto* real = value.as<double>()) {
    return *real;
  }
  if (const auto* truth = value.as<bool>()) {
    return *truth;
  }
  const auto* text = value.as<std::string>();
  return text != nullptr ? Json(*text) : Json();
}

// What a JSON Schema validator that is none of ours says of each document.
std::vector<std::string> verdicts(const Json& schema, const std::vector<std::string>& documents) {
  const TempDir dir;
  std::string lines;
  for (const std::string& document : documents) {
    Diagnostics diagnostics;
    const YamlTree tree = read_yaml({document, 0, "/"}, diagnostics);
    EXPECT_FALSE(diagnostics.has_errors()) << document;
    lines += to_line(tree.root ? as_written(*tree.root) : Json()) + "\n";
  }
  dir.write("schema.json", to_page(schema));
  dir.write("documents.jsonl", lines);
  // Debian's own interpreter: only that has Debian's jsonschema.
  const std::string command = "/usr/bin/python3 '" NIGHTSHIFT_CONFIG_TESTS "/validate_json.py' '" +
                              (dir / "schema.json").string() + "' '" +
                              (dir / "documents.jsonl").string() + "' > '" +
                              (dir / "verdicts").string() + "'";
  EXPECT_EQ(std::system(command.c_str()), 0) << "package python3-jsonschema is needed";
  std::vector<std::string> found;
  std::ifstream stream(dir / "verdicts");
  for (std::string line; std::getline(stream, line);) {
    found.push_back(line);
  }
  return found;
}

// Job files that are right, and such as are not for a reason that a schema can tell.
std::vector<std::string> corpus() { // NOLINT(readability-function-size): it is a list
  const std::string start = "version: 1\nsources: {disk: {uri: /x}}\n";
  const std::string deployment = "{id: 2, name: d, project: {id: 1, name: p}, source: disk";
  const std::string job = "jobs: [{name: a, type: sync, deployment: 2";
  const auto with_deployment = [&](const std::string& more) {
    return start + "deployments: [" + deployment + more + "}]\n" + job + "}]\n";
  };
  const auto with_job = [&](const std::string& more) {
    return start + "deployments: [" + deployment + "}]\n" + job + more + "}]\n";
  };
  std::vector<std::string> files{
      "version: 1\njobs: [{name: a, type: t}]\n",
      "version: 1\nstate_dir:\ncatalogue: ~\ndefaults:\njobs: [{name: a, type: t}]\n",
      "version: 2\njobs: [{name: a, type: sync}]\n",
      "version: '1'\njobs: [{name: a, type: sync}]\n",
      "jobs: [{name: a, type: sync}]\n",
      "version: 1\n",
      "version: 1\njobs: a\n",
      "version: 1\njobs: [{name: a}]\n",
      "version: 1\njobs: [{name: a, type: sync}]\nsource: {}\n",
      "version: 1\njobs: [{name: a, type: sync}]\nsources: []\n",
      "version: 1\njobs: [{name: a, type: sync}]\nsources: {disk: {}}\n",
      "version: 1\njobs: [{name: a, type: sync}]\nsources: {disk: {uri: /x, region: y}}\n",
      "version: 1\njobs: [{name: a, type: sync}]\ninclude: a.yaml\n",
      "version: 1\njobs: [{name: a, type: sync}]\nstate_dir: ''\n",
      "version: 1\njobs: [{name: a, type: sync}]\ndeployments: {csv: 5}\n",
      "version: 1\njobs: [{name: a, type: sync}]\ndeployments: {tsv: a}\n",
      "- version: 1\n",
  };
  files.emplace_back("version: 1\ndefaults:\n  attempts: ${env:NIGHTSHIFT_TEST_NUMBER}\n"
                     "jobs: [{name: a, type: t}]\n");
  for (const char* entry :
       {"{uri: 'manifest:a.csv'}", "{uri: 'manifest:/a.csv', format: csv, max_parallel: 2}",
        "{uri: 'manifest:a.csv', columns: {key: File}, schema: 'File, size', root: b, max_age: 2d}",
        "{uri: 'manifest:a.csv', format: tsv}", "{uri: 'manifest:a.csv', max_age: 2}",
        "{uri: 'manifest:a.csv', columns: key}", "{uri: 'manifest:a.csv', colour: x}",
        "{uri: /a.csv, format: csv}", "{format: csv}", "a.csv"}) {
    files.push_back("version: 1\njobs: [{name: a, type: t}]\nsources: {x: " + std::string(entry) +
                    "}\n");
  }
  for (const char* more :
       {"", ", subdir: a, regex: '', time_zone: '-06:00', latitude: 1, longitude: -1.5",
        ", time_zone: Europe/Brussels", ", time_zone: ''", ", time_zone: '-6'", ", time_zone: [x]",
        ", latitude: 91", ", latitude: '1'", ", subdir: 5", ", colour: x",
        ", latitude: ", ", longitude: x"}) {
    files.push_back(with_deployment(more));
  }
  for (const char* more : {", needs: [], delay: 0, limit: null, shuffle: true, params: ",
                           ", needs: a",
                           ", needs: [5]",
                           ", delay: 1.5",
                           ", delay: 2min",
                           ", delay: soon",
                           ", delay: -1",
                           ", limit: 0",
                           ", limit: 1.5",
                           ", limit: many",
                           ", shuffle: 1",
                           ", shuffle: yes",
                           ", timeout: 90s",
                           ", timeout: 1.5d",
                           ", timeout: 90",
                           ", timeout: 1w",
                           ", attempts: 0",
                           ", attempts: 101",
                           ", max_failed: 1%",
                           ", max_failed: 0.5%",
                           ", max_failed: 0.01",
                           ", max_failed: 101%",
                           ", params: {max_missing: 5%, max_gap: 90min}",
                           ", params: {max_gap: 90}",
                           ", params: {maxgap: 90min}",
                           ", params: [a]",
                           ", params: {}",
                           ", colour: x"}) {
    files.push_back(with_job(more));
  }
  files.push_back(start + "deployments: [" + deployment +
                  "}]\njobs: [{name: \"{deployment.id}\", "
                  "type: cache, for_each: deployments}]\n");
  files.push_back(start + "deployments: [" + deployment +
                  "}]\njobs: [{name: a, type: cache, for_each: all}]\n");
  files.push_back(start + "deployments: [" + deployment +
                  "}]\njobs: [{name: a, type: cache, for_each: deployments, deployment: 2}]\n");
  files.emplace_back("version: 1\njobs: [{name: a, type: cache, params: {max_missing: 5%}}]\n");
  return files;
}

// Whether we take the file and its params, as `nightshift plan` would.
bool is_accepted(const std::string& text, const std::vector<const JobTypeInfo*>& types) {
  const TempDir dir;
  dir.write("job.yaml", text);
  if (!mistakes_in(dir).empty()) {
    return false;
  }
  Diagnostics diagnostics;
  for (const DefinedJob& job : read_job_file(dir / "job.yaml").jobs) {
    for (const JobTypeInfo* type : types) {
      if (type->key == job.definition->type) {
        check_parameters(job.definition->params, job_parameters(*type, types), "params",
                         diagnostics);
      }
    }
  }
  return !diagnostics.has_errors();
}

TEST(JobFileSchema, JudgesAsWeDo) {
  ::setenv("NIGHTSHIFT_TEST_NUMBER", "42", 1);
  const JobTypeInfo sync = sync_type();
  const JobTypeInfo cache = cache_type();
  JobTypeInfo other = cache_type();
  other.key = "t";
  const std::vector<const JobTypeInfo*> types{&sync, &cache, &other};
  const std::vector<std::string> files = corpus();
  const std::vector<std::string> found = verdicts(job_file_schema(types), files);
  ASSERT_EQ(found.size(), files.size());
  int accepted = 0;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const bool ours = is_accepted(files[i], types);
    EXPECT_EQ(found[i] == "valid", ours) << files[i] << found[i];
    accepted += ours ? 1 : 0;
  }
  EXPECT_GT(accepted, 15);
  EXPECT_GT(static_cast<int>(files.size()) - accepted, 30);
}

TEST(JobFileSchema, AcceptsTheExamples) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(NIGHTSHIFT_CONFIGS "/jobs")) {
    if (entry.path().extension() != ".yaml") {
      continue;
    }
    std::ifstream stream(entry.path());
    files.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  ASSERT_FALSE(files.empty());
  EXPECT_THAT(verdicts(job_file_schema({}), files), testing::Each("valid"));
}

TEST(JobFileSchema, ExplainsKeysAndTheirDefaults) {
  const JobTypeInfo cache = cache_type();
  const std::vector<const JobTypeInfo*> types{&cache};
  const Json schema = job_file_schema(types);
  EXPECT_EQ(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(schema["properties"]["catalogue"]["default"], "sqlite:catalogue.db");
  const Json& job = schema["$defs"]["job"];
  EXPECT_EQ(job["properties"]["shuffle"]["default"], true);
  EXPECT_THAT(job["properties"]["limit"]["description"].get<std::string>(),
              testing::HasSubstr("captures"));
  const Json& params = job["allOf"][0]["then"]["properties"]["params"];
  EXPECT_EQ(params["properties"]["max_gap"]["default"], "120min");
}

TEST(JobParameters, AreThoseOfAllStages) {
  const JobTypeInfo sync = sync_type();
  const JobTypeInfo cache = cache_type();
  const std::vector<const JobTypeInfo*> types{&sync, &cache};
  std::vector<std::string> keys;
  for (const ParameterSpec& spec : job_parameters(sync, types)) {
    keys.push_back(spec.key);
  }
  EXPECT_THAT(keys, testing::ElementsAre("max_missing", "max_gap", "max_session"));
}

} // namespace
} // namespace nightshift
