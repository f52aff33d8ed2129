// SPDX-License-Identifier: Apache-2.0
//
// What a source may be told stands in two tables, for the job file's layer and a storage's do not
// see each other.

#include "core/config/sections.hpp"
#include "core/storage/manifest/settings.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace nightshift {
namespace {

// What the tables must agree in: key, type, choices, bounds.
std::vector<std::string> rows_of(const std::vector<ParameterSpec>& keys) {
  std::vector<std::string> rows;
  for (const ParameterSpec& key : keys) {
    if (key.key == "max_parallel" || key.key == "uri") {
      continue; // the runner's, and one that a storage is given by itself
    }
    std::string row = key.key + " " + std::string(to_string(key.type));
    for (const std::string& choice : key.choices) {
      row += " " + choice;
    }
    rows.push_back(row + " " + std::to_string(key.minimum.value_or(-1)));
  }
  return rows;
}

TEST(SourceKeys, OfAManifestAreTheSameForJobFileAndStorage) {
  EXPECT_EQ(rows_of(source_section("manifest").keys), rows_of(manifest::source_parameters()));
}

} // namespace
} // namespace nightshift
