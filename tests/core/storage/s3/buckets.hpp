// SPDX-License-Identifier: Apache-2.0
//
// Buckets for tests of listings.

#pragma once

#include "tests/support/fake_page_source.hpp"

#include <fmt/format.h>

#include <functional>
#include <memory>
#include <set>
#include <string>
#include <utility>

namespace nightshift::tests {

using Keys = std::set<std::string>;

inline Keys many(int count, const std::function<std::string(int)>& name) {
  Keys keys;
  for (int i = 0; i < count; ++i) {
    keys.insert(name(i));
  }
  return keys;
}

inline void put_all(FakePageSource& pages, const Keys& keys) {
  for (const std::string& key : keys) {
    pages.put(key);
  }
}

inline std::unique_ptr<FakePageSource> bucket_of(const Keys& keys, StoreDialect dialect) {
  auto pages = std::make_unique<FakePageSource>(std::move(dialect));
  put_all(*pages, keys);
  return pages;
}

// Keys of some folders within one another, and where they must be cut to go on.
inline Keys nested() {
  return many(200, [](int i) {
    return fmt::format("{}{}IMG_{:04}.jpg",
                       i % 3 == 0   ? ""
                       : i % 3 == 1 ? "a/"
                                    : "c/",
                       i % 7 == 0 ? "night 1/" : "", i);
  });
}

} // namespace nightshift::tests
