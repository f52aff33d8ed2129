// SPDX-License-Identifier: Apache-2.0

#include "core/runner/cancel_watch.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <future>

namespace nightshift {
namespace {

class CancelWatchTest : public testing::Test {
 protected:
  CancelWatchTest() {
    const StateDir state_dir(place_.path());
    state_dir.prepare();
    folder_ = state_dir.make_job_folder();
    other_ = state_dir.make_job_folder();
  }

  [[nodiscard]] CancelWatch::Handler handler() {
    return [this](const CancelRequest& request) { asked_.set_value(request.reason); };
  }

  tests::TempDir place_;
  JobFolder folder_;
  JobFolder other_;
  std::promise<std::string> asked_;
};

TEST_F(CancelWatchTest, HearsOfARequest) {
  CancelWatch watch;
  watch.add(other_, [](const CancelRequest&) { FAIL() << "nobody asked for that one"; });
  watch.add(folder_, handler());
  write_cancel_request(folder_, {"wrong bucket", "ann"});
  EXPECT_EQ(asked_.get_future().get(), "wrong bucket");
}

TEST_F(CancelWatchTest, HearsOfOneThatWasThereBefore) {
  write_cancel_request(folder_, {"wrong bucket", "ann"});
  CancelWatch watch;
  watch.add(folder_, handler());
  EXPECT_EQ(asked_.get_future().get(), "wrong bucket");
}

TEST_F(CancelWatchTest, TellsOnce) {
  CancelWatch watch;
  watch.add(folder_, handler()); // a second call would throw: the promise is kept
  write_cancel_request(folder_, {"first", "ann"});
  EXPECT_EQ(asked_.get_future().get(), "first");
  std::promise<std::string> later;
  watch.add(other_, [&](const CancelRequest& request) { later.set_value(request.reason); });
  write_cancel_request(folder_, {"second", "ann"});
  write_cancel_request(other_, {"third", "ann"});
  EXPECT_EQ(later.get_future().get(), "third");
}

TEST_F(CancelWatchTest, SaysNothingOfAJobThatWasRemoved) {
  CancelWatch watch;
  watch.add(other_, [](const CancelRequest&) { FAIL() << "it was removed"; });
  watch.remove(other_.id);
  write_cancel_request(other_, {"too late", "ann"});
  watch.add(folder_, handler());
  write_cancel_request(folder_, {"now", "ann"});
  EXPECT_EQ(asked_.get_future().get(), "now");
}

} // namespace
} // namespace nightshift
