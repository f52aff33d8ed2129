// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/reader_pool.hpp"
#include "core/catalogue/sqlite/sqlite_catalogue.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace nightshift::sqlite {
namespace {

class ReaderPoolTest : public testing::Test {
 protected:
  tests::TempDir place_;
  SqliteCatalogue catalogue_{place_.path() / "catalogue.db"};
  ReaderPool pool_{place_.path() / "catalogue.db", "the catalogue"};
};

TEST_F(ReaderPoolTest, LendsTheSameConnectionAgainOnceItWasReturned) {
  const Reader* first = nullptr;
  {
    const auto lent = pool_.borrow();
    first = lent.get();
  }
  EXPECT_EQ(pool_.borrow().get(), first);
}

TEST_F(ReaderPoolTest, ServesManyThreadsWithFewConnections) {
  std::mutex mutex;
  std::set<const Reader*> seen;
  std::vector<std::jthread> threads;
  threads.reserve(16);
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 20; ++n) {
        const auto reader = pool_.borrow();
        EXPECT_FALSE(reader->folders.find(1, "none/"));
        const std::scoped_lock lock(mutex);
        seen.insert(reader.get());
      }
    });
  }
  threads.clear();
  EXPECT_LE(seen.size(), 3U);
}

TEST_F(ReaderPoolTest, FailsAtEachCallWhereTheFileIsGone) {
  ReaderPool broken(place_.path() / "none.db", "the catalogue");
  for (int n = 0; n < 5; ++n) {
    EXPECT_THROW(static_cast<void>(broken.borrow()), JobError);
  }
}

} // namespace
} // namespace nightshift::sqlite
