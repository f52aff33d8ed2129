// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/storage/s3/s3_listing.hpp"

#include <nightshift/error.hpp>
#include <nightshift/storage.hpp>

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift::tests {

// What pages tell as a storage, of which nothing can be read.
class PageStorage final : public Storage {
 public:
  explicit PageStorage(s3::PageSource& pages, std::string root = "", PartLimits limits = {})
      : pages_(pages),
        root_(std::move(root)),
        limits_(limits) {}

  void list(const ListQuery& query, FolderSink sink, Executor& executor,
            std::stop_token stop) override {
    s3::list_pages(pages_, {root_, query, sink, std::move(stop), limits_}, executor);
  }

  [[nodiscard]] std::size_t read(std::string_view /*key*/, std::uint64_t /*offset*/,
                                 std::span<std::byte> /*to*/) override {
    throw permanent_error(error_code::k_unsupported, "only listed");
  }

  [[nodiscard]] std::string describe() const override { return "pages:"; }

 private:
  s3::PageSource& pages_;
  std::string root_;
  PartLimits limits_;
};

} // namespace nightshift::tests
