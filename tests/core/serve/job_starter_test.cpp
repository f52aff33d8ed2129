// SPDX-License-Identifier: Apache-2.0

#include "core/serve/api_error.hpp"
#include "core/serve/job_starter.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace nightshift::serve {
namespace {

int refusal_of(JobStarter& starter) {
  try {
    (void)starter.reserve();
    return 0;
  } catch (const ApiError& error) {
    return error.status();
  }
}

TEST(JobStarter, APlaceIsOneJobsUntilItIsGivenUp) {
  JobStarter starter({.state_dir = "/nowhere", .plugin_folders = {}, .most_running = 2});
  const JobStarter::Place first = [&] {
    JobStarter::Place moved = starter.reserve();
    return JobStarter::Place(std::move(moved));
  }();
  {
    const JobStarter::Place second = starter.reserve();
    EXPECT_EQ(refusal_of(starter), 429);
  }
  EXPECT_EQ(refusal_of(starter), 0);
  const JobStarter::Place last = starter.reserve();
  EXPECT_EQ(refusal_of(starter), 429);
}

} // namespace
} // namespace nightshift::serve
