// SPDX-License-Identifier: Apache-2.0

#include "tests/conformance/storage_conformance.hpp"

#include <nightshift/testkit/memory_storage.hpp>

#include <gmock/gmock.h>

namespace nightshift::tests {
namespace {

using testing::ElementsAre;
using testkit::MemoryStorage;

class MemoryPlace final : public StoragePlace {
 public:
  explicit MemoryPlace(std::size_t part_objects) : storage_(part_objects) {}

  void put(const std::string& key, const std::string& content,
           std::int64_t last_modified) override {
    storage_.put(key, {content, last_modified});
  }

  Storage& storage() override { return storage_; }

 private:
  MemoryStorage storage_;
};

INSTANTIATE_TEST_SUITE_P(Memory, StorageConformance,
                         storage_backends({"Memory",
                                           [](std::size_t part_objects) {
                                             return std::make_unique<MemoryPlace>(part_objects);
                                           },
                                           {}}),
                         storage_case_name);

TEST(MemoryStorage, PretendsASizeAndGivesEtags) {
  MemoryStorage storage;
  storage.put("1.jpg", {.etag = "abc", .size = 1'000'000});
  const Listing listing(storage);
  const FolderPart& part = listing.parts().at("")[0];
  EXPECT_EQ(part.objects[0].size, 1'000'000);
  EXPECT_EQ(part.etag(part.objects[0]), "abc");
}

TEST(MemoryStorage, FailsWhereItIsTold) {
  MemoryStorage storage;
  for (const char* key : {"a/1.jpg", "a/b/2.jpg", "a/b/c/3.jpg", "d/4.jpg", "d/5.jpg"}) {
    storage.put(key);
  }
  storage.fail_folder("a/b/");
  storage.fail_object("d/5.jpg");
  {
    const Listing listing(storage);
    EXPECT_THAT(listing.keys(), ElementsAre("a/1.jpg", "d/4.jpg"));
    EXPECT_EQ(listing.coverage("a/b/"), FolderPart::Coverage::unreadable);
    EXPECT_EQ(listing.coverage("d/"), FolderPart::Coverage::partial);
    EXPECT_EQ(listing.failures().at("a/b/"), "Permission denied");
    EXPECT_EQ(listing.failures().at("d/5.jpg"), "Input/output error");
  }
  EXPECT_THROW(Listing(storage, "a/b/c/"), JobError);
  storage.mend();
  EXPECT_EQ(Listing(storage).keys().size(), 5);
}

TEST(MemoryStorage, ThrowsTheGivenErrorAfterSomeParts) {
  MemoryStorage storage;
  storage.put("a/1.jpg");
  storage.put("b/2.jpg");
  storage.fail_after(1, transient_error("slow_down", "try later"));
  testkit::SerialExecutor executor;
  Listing listing;
  try {
    listing.run(storage, {"", accept_all}, executor);
    FAIL() << "no error";
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), "slow_down");
    EXPECT_EQ(error.error_class(), ErrorClass::transient);
  }
  EXPECT_THAT(listing.keys(), ElementsAre("a/1.jpg"));
}

TEST(MemoryStorage, RecordsHowItIsUsed) {
  MemoryStorage storage;
  storage.put("a/1.jpg", {"content"});
  storage.put("2.jpg");
  const Listing listing(storage, "a/");
  std::array<std::byte, 4> bytes{};
  EXPECT_EQ(storage.read("a/1.jpg", 2, bytes), 4);
  EXPECT_THAT(storage.calls(), ElementsAre("list a/", "read a/1.jpg 2+4"));
  EXPECT_EQ(storage.filter_calls(), 1);
}

} // namespace
} // namespace nightshift::tests
