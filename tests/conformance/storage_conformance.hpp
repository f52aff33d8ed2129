// SPDX-License-Identifier: Apache-2.0
//
// What every storage promises (see nightshift/storage.hpp), as tests. A backend's test file says
// how to make an empty place and to fill it, lists where it deviates, and instantiates the suite:
//
//   INSTANTIATE_TEST_SUITE_P(Local, StorageConformance,
//                            storage_backends({"local", make_place, {}}), storage_case_name);

#pragma once

#include "tests/support/listing.hpp"
#include "tests/support/thread_executor.hpp"

#include <nightshift/storage.hpp>
#include <nightshift/testkit/serial_executor.hpp>

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <ostream>
#include <string>
#include <tuple>

namespace nightshift::tests {

// A place of some backend, empty at first.
class StoragePlace {
 public:
  StoragePlace() = default;
  StoragePlace(const StoragePlace&) = delete;
  StoragePlace& operator=(const StoragePlace&) = delete;
  virtual ~StoragePlace() = default;

  virtual void put(const std::string& key, const std::string& content,
                   std::int64_t last_modified) = 0;
  [[nodiscard]] virtual Storage& storage() = 0;
};

// Where backends may differ.
struct StorageDeviations {
  // A prefix of which nothing is known is `not_found`. An object store cannot tell it from one that
  // holds no objects.
  bool knows_missing_prefix = false;
  // Keys are any bytes. JSON has text only.
  bool carries_any_bytes = true;
  // Objects have bytes. In a manifest they have none, and reading them is `unsupported`.
  bool reads_objects = true;
  // Whether an object of a folder came, went or was renamed is known without reading it.
  bool knows_versions = false;
};

struct StorageBackend {
  std::string name;
  // With parts of at most so many objects.
  std::function<std::unique_ptr<StoragePlace>(std::size_t part_objects)> make;
  StorageDeviations deviations;

  friend void PrintTo(const StorageBackend& backend, std::ostream* stream) {
    *stream << backend.name;
  }
};

enum class ExecutorKind : std::uint8_t { serial, threads };

class StorageConformance : public testing::TestWithParam<std::tuple<StorageBackend, ExecutorKind>> {
 protected:
  [[nodiscard]] const StorageDeviations& deviations() const {
    return std::get<StorageBackend>(GetParam()).deviations;
  }

  // The place of this test is made by the first of these calls.
  StoragePlace& make_place(std::size_t part_objects) {
    place_ = std::get<StorageBackend>(GetParam()).make(part_objects);
    return *place_;
  }

  StoragePlace& place() {
    return place_ ? *place_ : make_place(std::numeric_limits<std::size_t>::max());
  }

  void put(const std::string& key, const std::string& content = "",
           std::int64_t last_modified = 0) {
    place().put(key, content, last_modified);
  }

  [[nodiscard]] Executor& executor() {
    if (std::get<ExecutorKind>(GetParam()) == ExecutorKind::serial) {
      return serial_;
    }
    return threads_;
  }

  [[nodiscard]] std::unique_ptr<Listing> list(const std::string& prefix = "",
                                              ObjectFilter filter = accept_all) {
    return list_with({prefix, filter});
  }

  [[nodiscard]] std::unique_ptr<Listing> list_with(const ListQuery& query) {
    auto listing = std::make_unique<Listing>();
    listing->run(place().storage(), query, executor());
    return listing;
  }

 private:
  std::unique_ptr<StoragePlace> place_;
  testkit::SerialExecutor serial_;
  ThreadExecutor threads_{4};
};

inline auto storage_backends(StorageBackend backend) {
  return testing::Combine(testing::Values(std::move(backend)),
                          testing::Values(ExecutorKind::serial, ExecutorKind::threads));
}

inline std::string
storage_case_name(const testing::TestParamInfo<StorageConformance::ParamType>& info) {
  return std::get<StorageBackend>(info.param).name +
         (std::get<ExecutorKind>(info.param) == ExecutorKind::serial ? "Serial" : "Threads");
}

} // namespace nightshift::tests
