// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_examination.hpp"

#include "core/storage/s3/harmless_words.hpp"
#include "core/storage/s3/page_chain.hpp"
#include "core/storage/s3/s3_client.hpp"
#include "core/storage/s3/s3_endpoint.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>
#include <utility>

namespace nightshift::s3 {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr const char* k_credentials = "credentials";
constexpr const char* k_server = "server";
constexpr const char* k_bucket = "bucket";

// Whether there was no answer at all, or none of a store's.
bool is_of_the_server(const JobError& error) {
  return error.code() == error_code::k_unavailable || error.code() == error_code::k_bad_data;
}

class S3Examination {
 public:
  S3Examination(S3Settings settings, const std::stop_token& stop, const Environment& environment)
      : settings_(std::move(settings)),
        stop_(stop),
        environment_(environment) {
    settings_.request_attempts = 1;
  }

  StorageExamination examine() {
    try {
      ask(find_access(settings_, environment_, stop_));
    } catch (const JobError& error) {
      if (error.error_class() == ErrorClass::cancelled) {
        throw;
      }
      examination_.failed = step_;
      examination_.error = error;
    }
    return std::move(examination_);
  }

 private:
  void ask(const Access& access) {
    step_ = k_server;
    const Endpoint endpoint = endpoint_of(settings_, access, access.region);
    S3Client client(settings_, [&access](const std::stop_token&) { return access; });
    PageRequest request;
    request.prefix = settings_.prefix;
    request.max_keys = 1;
    const SteadyTime began = std::chrono::steady_clock::now();
    try {
      (void)PageChain(client, request).next(stop_);
    } catch (const JobError& error) {
      if (error.error_class() != ErrorClass::cancelled && !is_of_the_server(error)) {
        server_answered(endpoint, began);
        refused(error, access);
      }
      throw;
    }
    server_answered(endpoint, began);
    pass(k_credentials, fmt::format("those of {}; the store takes them", access.found_in));
    const std::string region = region_told_by(client, access);
    pass(k_bucket, fmt::format("{} may be listed{}{}", settings_.bucket,
                               region.empty() ? "" : ", and is in the region ", region));
  }

  void server_answered(const Endpoint& endpoint, SteadyTime began) {
    const auto latency = std::chrono::steady_clock::now() - began;
    examination_.latency = latency;
    pass(k_server, fmt::format("{} answered after {:.1f} ms", endpoint.server,
                               std::chrono::duration<double, std::milli>(latency).count()));
  }

  void refused(const JobError& error, const Access& access) {
    if (error.code() == error_code::k_denied) {
      step_ = k_credentials;
      return;
    }
    pass(k_credentials, fmt::format("those of {}", access.found_in));
    step_ = k_bucket;
  }

  void pass(const char* step, std::string text) {
    examination_.done.push_back({step, std::move(text)});
  }

  // Not every store tells, and not to everybody; nothing else depends on it.
  [[nodiscard]] std::string region_told_by(S3Client& client, const Access& access) const {
    try {
      return harmless_words(client.location(stop_),
                            access.credentials ? &*access.credentials : nullptr);
    } catch (const JobError& error) {
      if (error.error_class() == ErrorClass::cancelled) {
        throw;
      }
      return {};
    }
  }

  S3Settings settings_;
  const std::stop_token& stop_;
  const Environment& environment_;
  std::string step_ = k_credentials;
  StorageExamination examination_;
};

} // namespace

StorageExamination examine_s3_storage(const S3Settings& settings, const std::stop_token& stop,
                                      const Environment& environment) {
  return S3Examination(settings, stop, environment).examine();
}

} // namespace nightshift::s3
