// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/connection_pool.hpp"

#include <utility>

namespace nightshift::s3 {

ConnectionPool::Lease ConnectionPool::lend(const HttpSettings& settings) {
  auto connection = take_idle(settings.server);
  if (!connection) {
    connection = std::make_unique<HttpConnection>(settings);
  }
  return {*this, std::move(connection)};
}

std::unique_ptr<HttpConnection> ConnectionPool::take_idle(const std::string& server) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(idle_, [&](const auto& connection) { return connection->server() != server; });
  if (idle_.empty()) {
    return nullptr;
  }
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void ConnectionPool::take_back(std::unique_ptr<HttpConnection> connection) noexcept {
  const std::scoped_lock lock(mutex_);
  if (idle_.size() < idle_.capacity()) {
    idle_.push_back(std::move(connection));
  }
}

} // namespace nightshift::s3
