// SPDX-License-Identifier: Apache-2.0
//
// What only Ceph's gateway can show.

#include "tests/object_stores/store_site.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift::tests {
namespace {

using testing::HasSubstr;

class CephGateway : public testing::Test {
 protected:
  CephGateway() { bucket_.put(captures_in("ridge/", 5)); }

  void succeeds(const Route& route) {
    const ProgramResult result = site_.run(route);
    EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_EQ(site_.captures(), captures_of(bucket_));
  }

  void fails(const Route& route, const std::string& words) {
    const ProgramResult result = site_.run(route);
    EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(words));
  }

  [[nodiscard]] Route over_tls(const std::string& options) const {
    Route route = route_to(bucket_, options);
    route.facts.endpoint_url = route.facts.tls_endpoint_url;
    return route;
  }

  Bucket bucket_{ceph()};
  StoreSite site_;
};

TEST_F(CephGateway, ManyPagesAreJoined) {
  for (const char* folder : {"a/", "b/", "ridge/north/"}) {
    bucket_.put(captures_in(folder, 700));
  }
  succeeds(route_to(bucket_));
}

TEST_F(CephGateway, TlsHoldsWithTheCertificateThatTheSourceNames) {
  succeeds(over_tls(", ca_bundle: \"" + bucket_.store().facts().ca_bundle + '"'));
}

TEST_F(CephGateway, TlsHoldsWithTheCertificateThatTheEnvironmentNames) {
  const ProgramResult result =
      site_.run(over_tls(""), "state", {{"AWS_CA_BUNDLE", bucket_.store().facts().ca_bundle}});
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
}

TEST_F(CephGateway, ACertificateThatNobodyVouchesForIsRefused) {
  fails(over_tls(""), "certificate");
}

TEST_F(CephGateway, TemporaryCredentialsNeedTheirToken) {
  Route route = route_to(bucket_);
  route.facts = bucket_.store().session();
  const std::string token = route.facts.session_token;
  succeeds(route);
  route.facts.session_token = "bogus";
  fails(route, "session token");
  route.facts.session_token = "";
  fails(route, "access key");
}

TEST_F(CephGateway, APublicBucketNeedsNoCredentials) {
  Bucket open(ceph(), "public-read");
  open.put(captures_in("meadow/", 3));
  Route route = route_to(open, ", anonymous: true");
  route.facts.access_key_id = route.facts.secret_access_key = "";
  const ProgramResult result = site_.run(route);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_EQ(site_.captures(), captures_of(open));
  route.bucket = bucket_.name();
  fails(route, "anonymous");
}

} // namespace
} // namespace nightshift::tests
