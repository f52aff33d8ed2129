// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_storage.hpp"

#include "core/storage/s3/s3_listing.hpp"
#include "core/storage/source_uri.hpp"

#include <fmt/format.h>

#include <utility>

namespace nightshift::s3 {

namespace {

class S3Storage final : public Storage {
 public:
  S3Storage(std::unique_ptr<S3Client> client, PartLimits limits)
      : client_(std::move(client)),
        limits_(limits) {}

  void list(const ListQuery& query, FolderSink sink, Executor& executor,
            std::stop_token stop) override {
    // More ranges than connections would only wait for one another.
    const auto ranges = static_cast<std::size_t>(client_->settings().max_connections);
    list_pages(*client_,
               {client_->settings().prefix, query, sink, std::move(stop), limits_, ranges},
               executor);
  }

  [[nodiscard]] std::size_t read(std::string_view key, std::uint64_t offset,
                                 std::span<std::byte> to) override {
    return client_->read(client_->settings().prefix + std::string(key), offset, to);
  }

  [[nodiscard]] std::string describe() const override {
    const S3Settings& settings = client_->settings();
    return source_uri("s3://" + settings.bucket, settings.prefix, "");
  }

  // Buckets of one name are at many endpoints.
  [[nodiscard]] std::string identity() const override {
    return client_->store() + " " + describe();
  }

 private:
  std::unique_ptr<S3Client> client_;
  PartLimits limits_;
};

} // namespace

std::unique_ptr<Storage> make_s3_storage(std::unique_ptr<S3Client> client, PartLimits limits) {
  return std::make_unique<S3Storage>(std::move(client), limits);
}

std::unique_ptr<Storage> open_s3_storage(const S3Settings& settings) {
  return make_s3_storage(
      std::make_unique<S3Client>(settings, [settings](const std::stop_token& stop) {
        return find_access(settings, process_environment(), stop);
      }));
}

} // namespace nightshift::s3
