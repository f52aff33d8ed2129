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

Route patient(Route route) {
  route.options += k_patience;
  return route;
}

} // namespace

FaultProxy::FaultProxy(const std::string& endpoint_url)
    : proxy_({"/usr/bin/python3", "-B", NIGHTSHIFT_OBJECT_STORES "/fault_proxy.py",
              endpoint_url.substr(endpoint_url.rfind(':') + 1)}),
      port_(proxy_.read_line()) {}

std::string FaultProxy::endpoint_url() const {
  return "http://127.0.0.1:" + port_;
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

Outcome FaultySync::run(const Json& rules) {
  site_.copy("before", "state");
  proxy_.obey(rules);
  Route route = after_;
  route.facts.endpoint_url = proxy_.endpoint_url();
  Outcome outcome = judge(site_.run(route));
  for (const Json& request : proxy_.obey(Json::array())) {
    ++outcome.requests;
    outcome.spoilt += request.at(1) != "passed" ? 1U : 0U;
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
  Outcome outcome{result.exit_code, site_.record().at("status"), result.err};
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
