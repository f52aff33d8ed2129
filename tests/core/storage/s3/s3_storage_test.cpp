// SPDX-License-Identifier: Apache-2.0
//
// All of it together: requests over a connection, to a store that speaks HTTP.

#include "core/storage/s3/s3_storage.hpp"
#include "tests/conformance/storage_conformance.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/fake_page_source.hpp"
#include "tests/support/scripted_server.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <set>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;

// A store with one bucket, "captures".
class FakeStore {
 public:
  explicit FakeStore(const StoreDialect& dialect = {.has_fractions = false})
      : tells_nanoseconds_(!dialect.has_fractions),
        pages_(dialect),
        server_([this](const auto& request) { return answer(request); }) {}

  void put(const std::string& key, const std::string& content, std::int64_t last_modified) {
    const std::chrono::sys_time<std::chrono::nanoseconds> time{
        std::chrono::nanoseconds{last_modified}};
    const auto second = std::chrono::floor<std::chrono::seconds>(time);
    const std::string fraction =
        tells_nanoseconds_ ? fmt::format(".{:09}", (time - second).count()) : std::string();
    const std::scoped_lock lock(mutex_);
    contents_[key] = content;
    pages_.put(key, {static_cast<std::int64_t>(content.size()),
                     fmt::format("{:%Y-%m-%dT%H:%M:%S}{}", second, fraction)});
  }

  [[nodiscard]] std::unique_ptr<Storage> open(const std::string& prefix, PartLimits limits = {}) {
    s3::S3Settings settings{"captures", prefix};
    settings.request_attempts = 1;
    return s3::make_s3_storage(std::make_unique<s3::S3Client>(settings,
                                                              [this](const std::stop_token&) {
                                                                s3::Access access;
                                                                access.endpoint_url = server_.url();
                                                                access.region = "us-east-1";
                                                                return access;
                                                              }),
                               limits);
  }

  [[nodiscard]] const ScriptedServer& server() const { return server_; }

 private:
  ScriptedServer::Answer answer(const ScriptedServer::Request& request) {
    constexpr std::string_view k_bucket = "/captures";
    const std::string path = request.target.substr(0, request.target.find('?'));
    const std::scoped_lock lock(mutex_);
    if (path == k_bucket) {
      return {200, pages_.answer(page_request(request.target))};
    }
    const auto found = contents_.find(decoded(path.substr(k_bucket.size() + 1)));
    return found != contents_.end() ? part(found->second, request.header("range"))
                                    : ScriptedServer::Answer{404, "<Code>NoSuchKey</Code>"};
  }

  static s3::PageRequest page_request(const std::string& target) {
    const auto value = [&](const char* name) { return query_value(target, name).value_or(""); };
    return {value("prefix"), value("delimiter"), value("start-after"), value("continuation-token"),
            std::stoi(value("max-keys"))};
  }

  static std::string decoded(const std::string& path) {
    return query_value("?key=" + path, "key").value_or("");
  }

  static ScriptedServer::Answer part(const std::string& content, const std::string& range) {
    std::size_t first = 0;
    std::size_t last = 0;
    if (std::sscanf(range.c_str(), "bytes=%zu-%zu", &first, &last) != 2) {
      return {200, content};
    }
    if (first >= content.size()) {
      return {416, "<Code>InvalidRange</Code>"};
    }
    return {206,
            content.substr(first, last - first + 1),
            {fmt::format("Content-Range: bytes {}-{}/{}", first, last, content.size())}};
  }

  const bool tells_nanoseconds_;
  std::mutex mutex_; // of what follows
  FakePageSource pages_;
  std::map<std::string, std::string> contents_;
  ScriptedServer server_; // last: it uses the others
};

// Under a prefix, as most sources are.
class S3Place final : public StoragePlace {
 public:
  explicit S3Place(std::size_t part_objects)
      : storage_(store_.open("trial/", {.objects = part_objects})) {}

  void put(const std::string& key, const std::string& content,
           std::int64_t last_modified) override {
    store_.put("trial/" + key, content, last_modified);
  }

  Storage& storage() override { return *storage_; }

 private:
  FakeStore store_;
  std::unique_ptr<Storage> storage_;
};

INSTANTIATE_TEST_SUITE_P(S3, StorageConformance,
                         storage_backends({"S3",
                                           [](std::size_t part_objects) {
                                             return std::make_unique<S3Place>(part_objects);
                                           },
                                           {}}),
                         storage_case_name);

TEST(S3Storage, TellsWhereItIs) {
  FakeStore store;
  EXPECT_EQ(store.open("trial/")->describe(), "s3://captures/trial/");
  EXPECT_EQ(store.open("")->describe(), "s3://captures/");
}

TEST(S3Storage, AsksNothingBeforeItIsUsed) {
  FakeStore store;
  const auto storage = store.open("");
  EXPECT_TRUE(store.server().requests().empty());
}

TEST(S3Storage, ListsNothingBesideItsPrefix) {
  FakeStore store;
  for (const char* key : {"trial/a/1.jpg", "trial2/a/2.jpg", "trial.jpg"}) {
    store.put(key, "x", 0);
  }
  EXPECT_THAT(Listing(*store.open("trial/")).keys(), ElementsAre("a/1.jpg"));
}

TEST(S3Storage, ListsAnyStoreAlike) {
  for (const StoreDialect& dialect : store_dialects()) {
    if (dialect.is_v1) {
      continue; // its pages are asked for in another way
    }
    FakeStore store(dialect);
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
