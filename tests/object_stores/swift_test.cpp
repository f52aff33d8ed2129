// SPDX-License-Identifier: Apache-2.0
//
// What only Swift can show.

#include "tests/object_stores/store_site.hpp"

#include <gtest/gtest.h>

namespace nightshift::tests {
namespace {

TEST(SwiftStore, TheRegionThatTheStoreNamesIsTakenInPlaceOfAWrongOne) {
  Bucket bucket(swift());
  bucket.put(captures_in("ridge/", 3));
  Route route = route_to(bucket);
  route.facts.region = "nowhere-1";
  StoreSite site;
  const ProgramResult result = site.run(route);
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  EXPECT_EQ(site.captures(), captures_of(bucket));
}

} // namespace
} // namespace nightshift::tests
