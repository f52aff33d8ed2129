// SPDX-License-Identifier: Apache-2.0
//
// What botocore finds is what we find: golden data of tests/data/s3_access, made by the program
// that lies there.

#include "core/base/json.hpp"
#include "tests/core/storage/s3/access_site.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <vector>

namespace nightshift {
namespace {

using Found = std::vector<std::string>; // id, secret, token, region, endpoint; empty: an error

Found find(const tests::AccessSite& site) {
  try {
    const s3::Access access = site.access();
    return {access.credentials->access_key_id,
            std::string(access.credentials->secret_access_key.reveal()),
            std::string(access.credentials->session_token.reveal()), access.region,
            access.endpoint_url};
  } catch (const JobError&) {
    return {};
  }
}

TEST(BotocoreCases, AreFoundAlike) {
  const Json golden = Json::parse(
      std::ifstream(std::string(NIGHTSHIFT_TEST_DATA) + "/s3_access/botocore_cases.json"));
  const auto chosen = [&](const Json& each, std::size_t number, const char* name) -> const Json& {
    return golden[name][each[number].get<std::size_t>()];
  };
  tests::AccessSite site;
  const auto home = site.variables;
  int found_any = 0;
  for (const Json& each : golden["cases"]) {
    site.variables = home;
    for (const auto& [name, value] : chosen(each, 0, "environment").items()) {
      site.variables[name] = value;
    }
    const Json& profile = chosen(each, 1, "profile");
    site.settings.profile = profile.is_null() ? "" : profile.get<std::string>();
    site.write_credentials(chosen(each, 2, "credentials").get<std::string>());
    site.write_config(chosen(each, 3, "config").get<std::string>());
    const Found expected = each[4].is_array() ? each[4].get<Found>() : Found();
    found_any += expected.empty() ? 0 : 1;
    EXPECT_EQ(find(site), expected) << each;
  }
  EXPECT_GT(found_any, 400);
}

} // namespace
} // namespace nightshift
