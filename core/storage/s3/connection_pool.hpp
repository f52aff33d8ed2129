// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/http_connection.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

namespace nightshift::s3 {

// Connections that are kept from one request to the next. Any thread.
class ConnectionPool {
 public:
  // A connection that nobody else uses meanwhile.
  class Lease {
   public:
    Lease(ConnectionPool& pool, std::unique_ptr<HttpConnection> connection)
        : pool_(pool),
          connection_(std::move(connection)) {}

    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;

    ~Lease() { pool_.take_back(std::move(connection_)); }

    HttpConnection* operator->() const noexcept { return connection_.get(); }

   private:
    ConnectionPool& pool_;
    std::unique_ptr<HttpConnection> connection_;
  };

  // At most `most` are lent at once.
  explicit ConnectionPool(std::size_t most) { idle_.reserve(most); }

  // One to `settings.server`, made where none is kept. Those to other servers are closed: a bucket
  // that has turned out to be elsewhere does not come back.
  [[nodiscard]] Lease lend(const HttpSettings& settings);

 private:
  [[nodiscard]] std::unique_ptr<HttpConnection> take_idle(const std::string& server);
  void take_back(std::unique_ptr<HttpConnection> connection) noexcept;

  std::mutex mutex_;
  std::vector<std::unique_ptr<HttpConnection>> idle_; // never more than it has room for
};

} // namespace nightshift::s3
