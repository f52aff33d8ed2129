// SPDX-License-Identifier: Apache-2.0
//
// An object store with one bucket, "captures", that speaks HTTP and, like a real one, does only
// what is signed as it arrives.

#pragma once

#include "core/storage/part_writer.hpp"
#include "core/storage/s3/credentials.hpp"
#include "tests/support/fake_page_source.hpp"
#include "tests/support/scripted_server.hpp"

#include <nightshift/storage.hpp>

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace nightshift::tests {

class FakeObjectStore {
 public:
  // Where a dialect has no fractions, times are told to the nanosecond.
  explicit FakeObjectStore(const StoreDialect& dialect = {.has_fractions = false});

  void put(const std::string& key, const std::string& content, std::int64_t last_modified);

  // Who may do everything.
  [[nodiscard]] s3::Access access() const;

  [[nodiscard]] std::unique_ptr<Storage> open(const std::string& prefix,
                                              PartLimits limits = {}) const;

  [[nodiscard]] const ScriptedServer& server() const { return server_; }

 private:
  ScriptedServer::Answer answer(const ScriptedServer::Request& request);
  ScriptedServer::Answer list(const ScriptedServer::Request& request);
  ScriptedServer::Answer get(const std::string& key, const std::string& range);

  const StoreDialect dialect_;
  std::mutex mutex_; // of what follows
  FakePageSource pages_;
  std::map<std::string, std::string> contents_;
  ScriptedServer server_; // last: it uses the others
};

} // namespace nightshift::tests
