// SPDX-License-Identifier: Apache-2.0
//
// What holds for each real object store, whoever made it.

#include "tests/object_stores/store_site.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

namespace nightshift::tests {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

struct Server {
  const char* name;
  ObjectStore& (*store)();

  friend std::ostream& operator<<(std::ostream& to, const Server& server) {
    return to << server.name;
  }
};

class EveryStore : public testing::TestWithParam<Server> {
 protected:
  // A sync that must succeed and know all that is in the bucket, however its state came to be.
  void sync(const Bucket& bucket, const Route& route) {
    const ProgramResult result = site_.run(route);
    ASSERT_EQ(result.exit_code, 0) << result.out << result.err;
    EXPECT_EQ(site_.captures(), captures_of(bucket));
    site_.forget("fresh");
    const ProgramResult fresh = site_.run(route, "fresh");
    ASSERT_EQ(fresh.exit_code, 0) << fresh.out << fresh.err;
    EXPECT_EQ(site_.catalogue(), site_.catalogue("fresh"));
  }

  // A sync that must fail and say so in these words, but never tell the secret.
  void refused(const Route& route, const std::string& words) {
    const ProgramResult result = site_.run(route);
    EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(words));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(route.facts.secret_access_key)));
    EXPECT_EQ(site_.record().at("status"), "FAILURE");
  }

  // The doctor must find that this step goes wrong.
  void ails(const Route& route, const std::string& step, const std::string& words,
            const std::vector<std::string>& more = {}) {
    const ProgramResult result = site_.doctor(route, more);
    EXPECT_EQ(result.exit_code, 1) << result.out << result.err;
    EXPECT_THAT(result.out, ContainsRegex("wrong +" + step + " .*" + words));
    EXPECT_THAT(result.out + result.err, Not(HasSubstr(route.facts.secret_access_key)));
  }

  StoreSite site_;
};

INSTANTIATE_TEST_SUITE_P(Servers, EveryStore,
                         testing::Values(Server{"Ceph", ceph}, Server{"Swift", swift}),
                         testing::PrintToStringParamName());

TEST_P(EveryStore, KeysAreListedWhateverTheyAre) {
  Bucket bucket(GetParam().store());
  for (const char* folder : {"",
                             " leading",
                             "trailing ",
                             "a/",
                             "a//",
                             "./",
                             "../",
                             "a/./",
                             "a/../b/",
                             "cr\r/",
                             "lf\n/",
                             "tab\t/",
                             "\x01/",
                             "\xEF\xBF\xBE/",
                             "\xF0\x9F\xA6\x8B/",
                             "50%/",
                             "%41/",
                             "a+b/",
                             "a b/",
                             "\xC3\xA9t\xC3\xA9/",
                             "e\xCC\x81/",
                             "<&>\"'/",
                             "back\\slash/",
                             "question?x=y&z/",
                             "#/",
                             "~/",
                             "=/",
                             ":/"}) {
    bucket.put(captures_in(folder, 2));
  }
  sync(bucket, route_to(bucket));
}

TEST_P(EveryStore, WhatChangedBetweenTwoSyncsIsFound) {
  Bucket bucket(GetParam().store());
  // In the order of keys a folder's own objects stand between those of its subfolders, and pages
  // are cut anywhere.
  for (const char* folder : {"", "1/", "2024/", "2025/", "20240601x/", "ridge/", "ridge/20240601/",
                             "ridge/20240602/", "ridge-2/"}) {
    bucket.put(captures_in(folder, 15));
  }
  sync(bucket, route_to(bucket));
  const std::map<std::string, std::string> some = captures_in("ridge/", 5, 6);
  for (const auto& [key, content] : some) {
    bucket.put({{key, content + " rewritten"}});
  }
  bucket.put(captures_in("ridge/20240602/", 8, 15));
  bucket.put(captures_in("meadow/", 3));
  const std::map<std::string, std::string> first = captures_in("2025/", 4);
  for (const auto& [key, content] : first) {
    bucket.remove({key});
  }
  sync(bucket, route_to(bucket));
  EXPECT_EQ(site_.captures("state", "missing").size(), 4U);
}

TEST_P(EveryStore, AWrongSecretIsRefused) {
  Bucket bucket(GetParam().store());
  Route route = route_to(bucket);
  route.facts.secret_access_key = "not/the+secret";
  refused(route, "secret");
}

TEST_P(EveryStore, AnUnknownKeyIsRefused) {
  Bucket bucket(GetParam().store());
  Route route = route_to(bucket);
  route.facts.access_key_id = "nobody:knows";
  refused(route, "access key");
}

TEST_P(EveryStore, ABucketThatIsNotThereIsNotTakenForAnEmptyOne) {
  Bucket bucket(GetParam().store());
  Route route = route_to(bucket);
  route.bucket = "never-made";
  refused(route, "never-made");
}

TEST_P(EveryStore, TheDoctorLooksAtASourceStepByStep) {
  Bucket bucket(GetParam().store());
  bucket.put(captures_in("ridge/", 3));
  const Route route = route_to(bucket);
  const ProgramResult well = site_.doctor(route, {"--subdir", "ridge", "--regex", "jpg$"});
  EXPECT_EQ(well.exit_code, 0) << well.err;
  EXPECT_THAT(well.out, ContainsRegex("ok +objects +ridge/[0-9]+-snapshot.jpg is the first"));
  ails(route, "objects", "check the regex", {"--regex", "png$"});
  ails(route, "prefix", "check the source's URI", {"--subdir", "meadow"});
  Route elsewhere = route;
  elsewhere.bucket = "never-made";
  ails(elsewhere, "bucket", "never-made");
  Route stranger = route;
  stranger.facts.secret_access_key = "not/the+secret";
  ails(stranger, "credentials", "secret");
}

TEST_P(EveryStore, AClockThatIsWrongIsMadeUpFor) {
  Bucket bucket(GetParam().store());
  bucket.put(captures_in("ridge/", 3));
  for (const char* offset : {"+2h", "-2h"}) {
    const std::string state = fmt::format("at {}", offset);
    const ProgramResult result = site_.run(
        route_to(bucket), state, {{"LD_PRELOAD", NIGHTSHIFT_FAKETIME}, {"FAKETIME", offset}});
    EXPECT_EQ(result.exit_code, 0) << offset << result.out << result.err;
    EXPECT_EQ(site_.captures(state), captures_of(bucket)) << offset;
  }
}

} // namespace
} // namespace nightshift::tests
