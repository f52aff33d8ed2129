// SPDX-License-Identifier: Apache-2.0

#include "tests/object_stores/faulty_store.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace nightshift::tests {
namespace {

// Short, so that a store that says nothing is soon left alone.
constexpr const char* k_patience = ", request_timeout: 1s, request_attempts: 4";

// So that no other connection is there to go on with.
constexpr const char* k_alone = ", max_connections: 1";

Route patient(Route route) {
  route.options += k_patience;
  return route;
}

} // namespace

FaultProxy::FaultProxy(const std::string& endpoint_url)
    : proxy_({"/usr/bin/python3", "-B", std::string(NIGHTSHIFT_OBJECT_STORES) + "/fault_proxy.py",
              endpoint_url.substr(endpoint_url.rfind(':') + 1), folder_.path().string()}),
      port_(proxy_.read_line()),
      tls_port_(proxy_.read_line()) {}

void FaultProxy::lead(Route& route, Way way) const {
  if (way == Way::tls) {
    route.facts.endpoint_url = "https://store.example:" + tls_port_;
    route.options += fmt::format(", ca_bundle: \"{}\"", (folder_ / "good.crt").string());
  } else {
    route.facts.endpoint_url =
        fmt::format("http://{}:{}", way == Way::name ? "store.example" : "127.0.0.1", port_);
  }
}

std::vector<std::pair<std::string, std::string>> FaultProxy::environment() const {
  return {{"LD_PRELOAD", NIGHTSHIFT_NETWORK_SHIM},
          {"NIGHTSHIFT_NETWORK_FAULTS", (folder_ / "network").string()}};
}

Json FaultProxy::obey(const Json& rules) {
  return Json::parse(proxy_.ask(to_line(rules)));
}

PageServer::PageServer(int objects, int cameras)
    : server_({NIGHTSHIFT_PAGE_SERVER, "--objects", std::to_string(objects), "--cameras",
               std::to_string(cameras), "--page-size", "100"}),
      port_(server_.read_line()) {}

Route PageServer::route() const {
  Route route;
  route.facts.endpoint_url = "http://127.0.0.1:" + port_;
  route.facts.access_key_id = "any";
  route.facts.secret_access_key = "will do";
  route.facts.region = "us-east-1";
  route.bucket = "generated";
  return route;
}

FaultySync::FaultySync(const Route& before, const std::function<void()>& change, Route after)
    : after_(patient(std::move(after))),
      proxy_(after_.facts.endpoint_url) {
  const ProgramResult first = site_.run(patient(before), "before");
  change();
  const ProgramResult fresh = site_.run(after_, "fresh");
  EXPECT_EQ(first.exit_code, 0) << first.err;
  EXPECT_EQ(fresh.exit_code, 0) << fresh.err;
}

Outcome FaultySync::run(const Json& rules, Way way) {
  site_.copy("before", "state");
  proxy_.obey(rules);
  Route route = after_;
  proxy_.lead(route, way);
  route.options += way == Way::address ? "" : k_alone;
  Outcome outcome = judge(way == Way::address ? site_.run(route)
                                              : site_.run(route, "state", proxy_.environment()));
  for (const Json& told : proxy_.obey(Json::array())) {
    if (told.at(1) == "failed") {
      ++outcome.network_failures;
    } else {
      ++outcome.requests;
      outcome.spoilt += told.at(1) != "passed" ? 1U : 0U;
    }
  }
  return outcome;
}

Outcome FaultySync::run_by(const std::string& endpoint_url, const std::string& options) {
  site_.copy("before", "state");
  Route route = after_;
  route.facts.endpoint_url = endpoint_url;
  route.options += options;
  return judge(site_.run(route));
}

bool FaultySync::heals() {
  return site_.run(after_).exit_code == 0 && site_.catalogue() == site_.catalogue("fresh");
}

Outcome FaultySync::judge(const ProgramResult& result) const {
  const Json record = site_.record();
  Outcome outcome{result.exit_code, record.at("status"), result.err};
  if (const Json& error = record.at("runner").at("error"); error.is_object()) {
    outcome.reason = error.at("message");
  }
  outcome.equal = site_.catalogue() == site_.catalogue("fresh");
  std::vector<std::string> wrong;
  const auto there = site_.captures("fresh");
  const auto missing = site_.captures("state", "missing");
  std::set_intersection(there.begin(), there.end(), missing.begin(), missing.end(),
                        std::back_inserter(wrong));
  outcome.wrongly_missing = wrong.size();
  return outcome;
}

} // namespace nightshift::tests
