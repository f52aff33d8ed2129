// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/grouping.hpp>
#include <nightshift/job_type.hpp>
#include <nightshift/testkit/fake_context.hpp>
#include <nightshift/testkit/memory_catalogue.hpp>
#include <nightshift/testkit/memory_storage.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

// A deployment with a storage and a catalogue in memory, on which job types are run.
class OneDeployment {
 public:
  explicit OneDeployment(std::size_t part_objects = 65'536) : storage(part_objects) {
    deployment.id = 250;
    deployment.name = "Costa Rica - Restoration";
  }

  // An object of `size` bytes.
  void put(const std::string& key, std::int64_t size = 100, std::int64_t last_modified = 1) {
    testkit::MemoryObject object;
    object.size = size;
    object.last_modified = last_modified;
    storage.put(key, std::move(object));
  }

  // A context with `given` as the job's params, not yet run.
  [[nodiscard]] std::unique_ptr<testkit::FakeContext> context(const JobType& type,
                                                              const Value& given = {}) {
    std::vector<ParameterSpec> specs = type.info().parameters;
    for (ParameterSpec& spec : grouping_parameters()) {
      if (type.info().key == "data_storage_sync") {
        specs.push_back(std::move(spec)); // of its second stage
      }
    }
    auto fake = std::make_unique<testkit::FakeContext>(std::move(specs), given);
    catalogue.put_deployment(deployment);
    fake->job.deployment = deployment;
    fake->storage = &storage;
    fake->catalogue = &catalogue;
    return fake;
  }

  std::unique_ptr<testkit::FakeContext> run(const JobType& type, const Value& given = {}) {
    auto fake = context(type, given);
    fake->run(type);
    return fake;
  }

  // The rows of a view, each as its fields joined by '|', a null as nothing.
  [[nodiscard]] std::vector<std::string> rows(View view, const std::vector<std::string>& columns) {
    std::vector<std::size_t> wanted;
    std::vector<std::string> rows;
    catalogue.read(
        {view, deployment.id, std::nullopt},
        [&](std::span<const std::string> all) {
          for (const std::string& column : columns) {
            const auto found = std::find(all.begin(), all.end(), column);
            wanted.push_back(static_cast<std::size_t>(found - all.begin()));
          }
        },
        [&](ViewRow row) {
          std::string text;
          for (const std::size_t i : wanted) {
            text.append(text.empty() ? "" : "|").append(row[i].value_or(""));
          }
          rows.push_back(std::move(text));
        });
    return rows;
  }

  Deployment deployment;
  testkit::MemoryStorage storage;
  testkit::MemoryCatalogue catalogue;
};

} // namespace nightshift::tests
