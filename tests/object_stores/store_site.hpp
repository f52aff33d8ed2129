// SPDX-License-Identifier: Apache-2.0
//
// A bucket, a job file that syncs it, and what must hold after a sync.

#pragma once

#include "tests/object_stores/object_store.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_dir.hpp"

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

// How the program gets to a bucket.
struct Route {
  StoreFacts facts; // of which the credentials go into the environment
  std::string bucket;
  std::string options = {}; // more of the source, in YAML: ", region: x"
};

class StoreSite {
 public:
  // `nightshift run` of a job that syncs all of the bucket, with its state in `state`.
  [[nodiscard]] ProgramResult
  run(const Route& route, const std::string& state = "state",
      std::vector<std::pair<std::string, std::string>> environment = {});

  // The same under way.
  [[nodiscard]] Program start(const Route& route, const std::string& state = "state");

  // `nightshift doctor` about the source, with `more` arguments.
  [[nodiscard]] ProgramResult doctor(const Route& route, const std::vector<std::string>& more = {});

  // The present captures of a state's catalogue, or the missing ones, key and size, sorted.
  [[nodiscard]] std::vector<std::string> captures(const std::string& state = "state",
                                                  const std::string& which = "present") const;

  // All that a state's catalogue must agree in with another to be called equal.
  [[nodiscard]] std::vector<std::string> catalogue(const std::string& state = "state") const;

  // The record of a state's newest job.
  [[nodiscard]] Json record(const std::string& state = "state") const;

  void forget(const std::string& state) const;

  void copy(const std::string& state, const std::string& to) const;

  [[nodiscard]] std::filesystem::path path() const { return place_.path(); }

 private:
  [[nodiscard]] std::vector<std::string> prepare(const Route& route, const std::string& state,
                                                 ProgramSettings& settings);

  TempDir place_;
};

// What `StoreSite::captures` must be for a bucket.
[[nodiscard]] std::vector<std::string> captures_of(const Bucket& bucket);

[[nodiscard]] Route route_to(const Bucket& bucket, std::string options = {});

} // namespace nightshift::tests
