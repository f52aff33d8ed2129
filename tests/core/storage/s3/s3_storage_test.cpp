// SPDX-License-Identifier: Apache-2.0
//
// All of it together: requests over a connection, to a store that speaks HTTP.

#include "core/storage/s3/s3_storage.hpp"
#include "tests/conformance/storage_conformance.hpp"
#include "tests/support/fake_object_store.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <algorithm>
#include <set>
#include <vector>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;

// Under a prefix, as most sources are.
class S3Place final : public StoragePlace {
 public:
  S3Place(const StoreDialect& dialect, std::size_t part_objects)
      : store_(dialect),
        storage_(store_.open("trial/", {.objects = part_objects})) {}

  void put(const std::string& key, const std::string& content,
           std::int64_t last_modified) override {
    store_.put("trial/" + key, content, last_modified);
  }

  Storage& storage() override { return *storage_; }

 private:
  FakeObjectStore store_;
  std::unique_ptr<Storage> storage_;
};

StorageBackend backend(const char* name, const StoreDialect& dialect) {
  return {name,
          [dialect](std::size_t part_objects) {
            return std::make_unique<S3Place>(dialect, part_objects);
          },
          {}};
}

INSTANTIATE_TEST_SUITE_P(S3, StorageConformance,
                         storage_backends(backend("S3", {.has_fractions = false})),
                         storage_case_name);

// A store that knows only the old way to list, which is found out.
INSTANTIATE_TEST_SUITE_P(OldS3, StorageConformance,
                         storage_backends(backend("OldS3",
                                                  {.is_v1 = true, .has_fractions = false})),
                         storage_case_name);

// One that does not say so, and begins each page where it likes until it is asked in the old way.
INSTANTIATE_TEST_SUITE_P(DeafS3, StorageConformance,
                         storage_backends(backend("DeafS3", {.is_v1 = true,
                                                             .ignores_list_type = true,
                                                             .has_fractions = false,
                                                             .most_keys = 3})),
                         storage_case_name);

TEST(S3Storage, TellsWhereItIs) {
  FakeObjectStore store;
  EXPECT_EQ(store.open("trial/")->describe(), "s3://captures/trial/");
  EXPECT_EQ(store.open("")->describe(), "s3://captures/");
}

TEST(S3Storage, IsAnotherAtAnotherEndpoint) {
  FakeObjectStore one;
  FakeObjectStore other;
  EXPECT_EQ(one.open("trial/")->identity(), one.open("trial/")->identity());
  EXPECT_NE(one.open("trial/")->identity(), other.open("trial/")->identity());
  EXPECT_NE(one.open("trial/")->identity(), one.open("")->identity());
}

TEST(S3Storage, AsksNothingBeforeItIsUsed) {
  FakeObjectStore store;
  const auto storage = store.open("");
  EXPECT_TRUE(store.server().requests().empty());
}

TEST(S3Storage, ListsNothingBesideItsPrefix) {
  FakeObjectStore store;
  for (const char* key : {"trial/a/1.jpg", "trial2/a/2.jpg", "trial.jpg"}) {
    store.put(key, "x", 0);
  }
  EXPECT_THAT(Listing(*store.open("trial/")).keys(), ElementsAre("a/1.jpg"));
}

TEST(S3Storage, AsksInTheOldWayOnceAStoreHasAnsweredInIt) {
  FakeObjectStore store({.is_v1 = true, .ignores_list_type = true, .most_keys = 2});
  for (const char* key : {"a/1.jpg", "a/2.jpg", "a/3.jpg", "b/4.jpg", "b/5.jpg"}) {
    store.put(key, "x", 0);
  }
  EXPECT_EQ(Listing(*store.open("")).keys().size(), 5U);
  std::vector<bool> is_new;
  for (const ScriptedServer::Request& request : store.server().requests()) {
    is_new.push_back(query_value(request.target, "list-type").has_value());
  }
  EXPECT_TRUE(is_new.at(0));
  EXPECT_EQ(std::count(is_new.begin(), is_new.end(), true), 1);
}

TEST(S3Storage, ListsAnyStoreAlike) {
  for (const StoreDialect& dialect : store_dialects()) {
    FakeObjectStore store(dialect);
    std::set<std::string> keys;
    for (int i = 0; i < 40; ++i) {
      const std::string key = fmt::format("a+b/{:02}/\xC3\xA9 {}%.jpg", i % 7, i);
      store.put(key, "x", 0);
      keys.insert(key);
    }
    EXPECT_EQ(Listing(*store.open("")).keys(), keys) << dialect.name;
  }
}

} // namespace
} // namespace nightshift::tests
