// SPDX-License-Identifier: Apache-2.0
//
// Each fault that an object store, a network or something between can come up with, in the first
// page of a listing, in the midst, and in the last: the sync is then complete, or it fails and says
// why; never does it take a capture for missing that is there. Prints what became of each.

#include "tests/object_stores/faulty_store.hpp"
#include "tests/support/loopback_server.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <iostream>
#include <span>

namespace nightshift::tests {
namespace {

enum class Expected {
  complete, // the fault is made up for
  failure,
  either, // where it depends on the page whether it can be
};

struct Fault {
  const char* name;
  const char* rule; // but for where it holds
  Expected expected = Expected::complete;
  Way way = Way::address;
  std::size_t network_failures = 0; // that it comes to, at least
};

// Once each, which a client that asks again gets over.
constexpr Fault k_passing[] = {
    {"connection reset", R"("do": "rst")"},
    {"connection closed", R"("do": "close")"},
    {"no answer", R"("do": "hang")"},
    {"a late answer", R"("do": "delay", "seconds": 0.3)"},
    {"500", R"("do": "status", "status": 500, "code": "InternalError")"},
    {"503 SlowDown, three times", R"("do": "status", "status": 503, "times": 3)"},
    {"503 with Retry-After", R"("do": "status", "status": 503, "headers": {"Retry-After": "1"})"},
    {"429", R"("do": "status", "status": 429, "code": "TooManyRequests")"},
    {"502", R"("do": "status", "status": 502, "code": "BadGateway")"},
    {"200 with an error", R"("do": "error200")"},
    {"200 with a web page", R"("do": "html200")"},
    {"200 with nothing", R"("do": "empty200")"},
    {"half an XML", R"("do": "cutxml")"},
    {"a flipped byte", R"("do": "flip")"},
    {"the same token again", R"("do": "same_token")", Expected::either},
    {"no token", R"("do": "drop_token")"},
    {"another KeyCount",
     R"("do": "substitute", "pattern": "<KeyCount>\\d+<", "by": "<KeyCount>7<")"},
    {"length too long", R"("do": "wrong_content_length", "by": 100)"},
    {"length too short", R"("do": "wrong_content_length", "by": -100)"},
    {"a cut chunk", R"("do": "chunk_cut")"},
    {"a bad chunk", R"("do": "chunk_bad")"},
    {"reset in the body", R"("do": "rst_mid_body")"},
    {"closed in the body", R"("do": "fin_mid_body")"},
    {"stalled in the body", R"("do": "stall")"},
    {"a slow answer", R"("do": "drip", "bytes": 4096, "every": 0.03)"},
    {"a trickle", R"("do": "drip", "bytes": 1, "every": 0.5)"},
    {"301 to a region",
     R"("do": "status", "status": 301, "code": "PermanentRedirect", "headers": {"x-amz-bucket-region": "eu-west-2"})"},
    {"307 to a region",
     R"("do": "status", "status": 307, "code": "TemporaryRedirect", "headers": {"x-amz-bucket-region": "eu-west-2"})"},
    {"400 with a region",
     R"("do": "status", "status": 400, "code": "AuthorizationHeaderMalformed", "tells": {"Region": "eu-west-2"})"},
};

// Of no use to ask again, or to ask again for ever.
constexpr Fault k_lasting[] = {
    {"an expired token", R"("do": "status", "status": 400, "code": "ExpiredToken", "times": -1)",
     Expected::failure},
    {"403", R"("do": "status", "status": 403, "code": "AccessDenied", "times": -1)",
     Expected::failure},
    {"404", R"("do": "status", "status": 404, "code": "NoSuchBucket", "times": -1)",
     Expected::failure},
    {"resets without end", R"("do": "rst", "times": -1)", Expected::failure},
    {"503 without end", R"("do": "status", "status": 503, "times": -1)", Expected::failure},
    {"web pages without end", R"("do": "html200", "times": -1)", Expected::failure},
    {"nothing without end", R"("do": "empty200", "times": -1)", Expected::failure},
    {"errors in 200 without end", R"("do": "error200", "times": -1)", Expected::failure},
    {"half XMLs without end", R"("do": "cutxml", "times": -1)", Expected::failure},
    {"the same token without end", R"("do": "same_token", "times": -1)", Expected::failure},
    {"no token without end", R"("do": "drop_token", "times": -1)", Expected::failure},
    {"301s without end",
     R"("do": "status", "status": 301, "code": "PermanentRedirect", "times": -1, "headers": {"x-amz-bucket-region": "eu-west-2"})",
     Expected::failure},
};

// The connection breaks, and what would make another one goes wrong. Where a name is to be asked
// for again, somebody must have found nobody at the address that it had.
constexpr Fault k_network_passing[] = {
    {"refused twice", R"("do": "network", "fail": {"connects": 2})", Expected::complete, Way::name,
     2},
    {"refused, no such name", R"("do": "network", "fail": {"connects": 1, "names": 1})",
     Expected::complete, Way::name, 2},
    {"two broken handshakes", R"("do": "network", "fail": {"handshakes": 2})", Expected::complete,
     Way::tls, 2},
};

constexpr Fault k_network_lasting[] = {
    {"refused without end", R"("do": "network", "fail": {"connects": -1})", Expected::failure,
     Way::name, 2},
    {"no such name any more", R"("do": "network", "fail": {"connects": 1, "names": -1})",
     Expected::failure, Way::name, 2},
    {"no handshake any more", R"("do": "network", "fail": {"handshakes": -1})", Expected::failure,
     Way::tls, 2},
    {"somebody else's certificate", R"("do": "network", "fail": {"certificates": -1})",
     Expected::failure, Way::tls, 1}, // of no use to try again
};

void tell(const std::string& fault, const std::string& where, const Outcome& outcome) {
  std::cout << fmt::format(
      "{:<28}{:<8}{:<10}{:>3} requests, {:>2} spoilt, {} wrongly missing  {}\n", fault, where,
      outcome.exit_code == 0 ? "complete" : outcome.status, outcome.requests, outcome.spoilt,
      outcome.wrongly_missing, outcome.reason);
}

void expect_honest(const Outcome& outcome, Expected expected) {
  EXPECT_EQ(outcome.wrongly_missing, 0U);
  const bool is_complete = outcome.exit_code == 0;
  if (expected == Expected::complete || (expected == Expected::either && is_complete)) {
    EXPECT_EQ(outcome.exit_code, 0) << outcome.said;
    EXPECT_TRUE(outcome.equal);
  } else {
    EXPECT_EQ(outcome.exit_code, 1) << outcome.said;
    EXPECT_EQ(outcome.status, "FAILURE");
    EXPECT_FALSE(outcome.reason.empty());
  }
}

void spoil_everywhere(FaultySync& sync, const Fault& fault) {
  for (const char* where : {"first", "middle", "last"}) {
    SCOPED_TRACE(fmt::format("{}, {} page", fault.name, where));
    const Outcome outcome =
        sync.run(Json::parse(fmt::format(R"([{{"at": "{}", {}}}])", where, fault.rule)), fault.way);
    tell(fault.name, where, outcome);
    EXPECT_GT(outcome.spoilt, 0U);
    EXPECT_GE(outcome.network_failures, fault.network_failures);
    expect_honest(outcome, fault.expected);
    if (outcome.exit_code != 0) {
      EXPECT_TRUE(sync.heals());
    }
  }
}

void spoil_everywhere(FaultySync& sync, std::span<const Fault> faults) {
  for (const Fault& fault : faults) {
    spoil_everywhere(sync, fault);
  }
}

// Two buckets in one, as if some captures had come and others gone.
class PageServerFaults : public testing::Test {
 protected:
  const PageServer before_{1000, 10};
  const PageServer after_{1000, 11};
  FaultySync sync_{before_.route(), [] {}, after_.route()};
};

TEST_F(PageServerFaults, PassAndTheListingIsComplete) {
  spoil_everywhere(sync_, k_passing);
}

TEST_F(PageServerFaults, LastAndTheSyncFailsForAReason) {
  spoil_everywhere(sync_, k_lasting);
}

TEST_F(PageServerFaults, OfTheNetworkPassAndTheListingIsComplete) {
  spoil_everywhere(sync_, k_network_passing);
}

TEST_F(PageServerFaults, OfTheNetworkLastAndTheSyncFailsForAReason) {
  spoil_everywhere(sync_, k_network_lasting);
}

TEST_F(PageServerFaults, AStoreThatCannotBeReachedFailsTheSync) {
  const RefusedPort refused;
  const std::string no_name =
      "http://" + std::string(64, 'x'); // too long for one, so nobody is asked
  for (const std::string& url : {refused.url(""), no_name}) {
    const Outcome outcome = sync_.run_by(url);
    tell(url == no_name ? "no such name" : "connection refused", "", outcome);
    expect_honest(outcome, Expected::failure);
    EXPECT_TRUE(sync_.heals());
  }
}

class CephFaults : public testing::Test {
 protected:
  CephFaults() {
    for (const char* folder : {"", "a/", "a/b/", "c/d/", "e/", "e/f/", "e/g/"}) {
      bucket_.put(captures_in(folder, 80));
    }
  }

  void change() {
    for (const auto& [key, content] : captures_in("a/b/", 12)) {
      bucket_.remove({key});
    }
    for (const auto& [key, content] : captures_in("e/", 5, 40)) {
      bucket_.put({{key, content + " rewritten"}});
    }
    bucket_.put(captures_in("c/d/", 9, 80));
  }

  Bucket bucket_{ceph()};
};

TEST_F(CephFaults, PassAndTheListingIsComplete) {
  FaultySync sync(
      route_to(bucket_), [&] { change(); }, route_to(bucket_));
  spoil_everywhere(sync, k_passing);
}

TEST_F(CephFaults, LastAndTheSyncFailsForAReason) {
  FaultySync sync(
      route_to(bucket_), [&] { change(); }, route_to(bucket_));
  spoil_everywhere(sync, k_lasting);
  const Outcome outcome = sync.run_by(bucket_.store().facts().tls_endpoint_url);
  tell("a certificate of nobody", "", outcome);
  expect_honest(outcome, Expected::failure);
  EXPECT_TRUE(sync.heals());
}

} // namespace
} // namespace nightshift::tests
