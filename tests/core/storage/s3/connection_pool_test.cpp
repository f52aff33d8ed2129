// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/connection_pool.hpp"
#include "tests/support/scripted_server.hpp"

#include <gtest/gtest.h>

namespace nightshift::s3 {
namespace {

using tests::ScriptedServer;

class ConnectionPoolTest : public testing::Test {
 protected:
  void use(ConnectionPool& pool, const ScriptedServer& server) {
    const auto connection = pool.lend({server.url()});
    EXPECT_EQ(connection->send({server.url() + "/"}, std::stop_token()).status, 200);
  }

  ScriptedServer here_{[](const auto&) { return ScriptedServer::Answer{}; }};
  ScriptedServer there_{[](const auto&) { return ScriptedServer::Answer{}; }};
};

TEST_F(ConnectionPoolTest, LendsAConnectionAgain) {
  ConnectionPool pool(2);
  for (int request = 0; request < 5; ++request) {
    use(pool, here_);
  }
  EXPECT_EQ(here_.connections(), 1);
}

TEST_F(ConnectionPoolTest, LendsNoConnectionTwiceAtOnce) {
  ConnectionPool pool(2);
  {
    const auto first = pool.lend({here_.url()});
    const auto second = pool.lend({here_.url()});
    EXPECT_NE(first.operator->(), second.operator->());
  }
  use(pool, here_);
}

TEST_F(ConnectionPoolTest, LendsNoConnectionToAnotherServer) {
  ConnectionPool pool(2);
  use(pool, here_);
  const auto connection = pool.lend({there_.url()});
  EXPECT_EQ(connection->server(), there_.url());
}

} // namespace
} // namespace nightshift::s3
