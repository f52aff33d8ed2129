// SPDX-License-Identifier: Apache-2.0
//
// An object store whose answers are spoilt on their way, and a catalogue that must survive it.

#pragma once

#include "tests/object_stores/store_site.hpp"
#include "tests/support/companion.hpp"
#include "tests/support/temp_dir.hpp"

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace nightshift::tests {

// How the program gets to a fault proxy.
enum class Way {
  address,
  name, // that network_shim.cpp knows
  tls,  // by name as well
};

// fault_proxy.py in front of a store.
class FaultProxy {
 public:
  // `endpoint_url` is the store's: "http://127.0.0.1:PORT".
  explicit FaultProxy(const std::string& endpoint_url);

  // Lead `route` this way.
  void lead(Route& route, Way way) const;

  // What the program needs in its environment for the network to fail.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> environment() const;

  // Spoil answers by these rules from now on. What became of the requests until now: pairs of a
  // request line and an action or "passed".
  Json obey(const Json& rules);

 private:
  TempDir folder_;
  Companion proxy_;
  std::string port_;
  std::string tls_port_;
};

// page_server: so many captures of so many cameras, a hundred to a page.
class PageServer {
 public:
  PageServer(int objects, int cameras);

  [[nodiscard]] Route route() const;

 private:
  Companion server_;
  std::string port_;
};

// What a run came to under a fault.
struct Outcome {
  int exit_code = 0;
  std::string status;              // of the job
  std::string said;                // on standard error
  std::string reason = {};         // of a failure
  bool equal = false;              // the catalogue, to a fresh one
  std::size_t wrongly_missing = 0; // captures that are there
  std::size_t requests = 0;
  std::size_t spoilt = 0;           // of them
  std::size_t network_failures = 0; // in attempts to connect
};

// A catalogue that knows the bucket as it was, and is to learn, under faults, what it is now.
class FaultySync {
 public:
  // The bucket is at `before`; then `change` is done, and it is at `after`.
  FaultySync(const Route& before, const std::function<void()>& change, Route after);

  // A sync under rules of the fault proxy.
  [[nodiscard]] Outcome run(const Json& rules, Way way = Way::address);

  // A sync by another way that is no way.
  [[nodiscard]] Outcome run_by(const std::string& endpoint_url, const std::string& options = "");

  // After that, a sync without a fault: whether the catalogue is equal to a fresh one.
  [[nodiscard]] bool heals();

 private:
  [[nodiscard]] Outcome judge(const ProgramResult& result) const;

  StoreSite site_;
  Route after_;
  FaultProxy proxy_;
};

} // namespace nightshift::tests
