// SPDX-License-Identifier: Apache-2.0
//
// Requests to one bucket: signed, within the source's limits, made again where that may help. Any
// thread; one client for all jobs of a process that use the source.

#pragma once

#include "core/base/http_connection.hpp"
#include "core/base/retry.hpp"
#include "core/base/time.hpp"
#include "core/storage/s3/access_keeper.hpp"
#include "core/storage/s3/connection_pool.hpp"
#include "core/storage/s3/page_source.hpp"
#include "core/storage/s3/rate_limit.hpp"
#include "core/storage/s3/request_gate.hpp"
#include "core/storage/s3/s3_endpoint.hpp"
#include "core/storage/s3/s3_settings.hpp"
#include "core/storage/s3/s3_signer.hpp"
#include "core/storage/s3/store_error.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <random>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

// What a client depends on besides the store; tests put in their own.
struct ClientWorld {
  Clock now = system_now;
  SteadyClock steady = std::chrono::steady_clock::now;
  // Wait so long, or throw a cancelled `JobError` as soon as a stop is requested.
  std::function<void(std::chrono::milliseconds delay, const std::stop_token& stop)> wait;
  RetryPolicy retry = {std::chrono::milliseconds{200}, std::chrono::milliseconds{20'000}};
  std::uint64_t seed = std::random_device{}();

  ClientWorld();
};

class S3Client final : public PageSource {
 public:
  // `find` is asked at once, and again when what it found has expired. Throws what it throws.
  S3Client(S3Settings settings, AccessKeeper::Find find, ClientWorld world = {});

  void get_page(const PageRequest& request, FunctionRef<void(std::string_view body)> read,
                std::stop_token stop) override;

  [[nodiscard]] bool is_v1() const override { return is_v1_; }

  // Up to `to.size()` bytes of the object at `key`, a whole key of the bucket, from `offset` on.
  // Throws `not_found` if it is not there.
  [[nodiscard]] std::size_t read(std::string_view key, std::uint64_t offset,
                                 std::span<std::byte> to);

  // The region that the store says the bucket is in, "us-east-1" where it says nothing; each store
  // has names of its own, and not all can tell. Throws as `get_page` does, and `unsupported`.
  [[nodiscard]] std::string location(const std::stop_token& stop);

  // How many requests the store gets at once now, which is fewer while it asks for that.
  [[nodiscard]] int requests_at_once() const { return gate_.limit(); }

  [[nodiscard]] const S3Settings& settings() const noexcept { return settings_; }

  // Within which a bucket has its name alone, as was found first.
  [[nodiscard]] const std::string& store() const noexcept { return store_; }

 private:
  struct Request {
    bool head = false;
    std::string key = {}; // "": the bucket
    Query query = {};
    std::vector<std::pair<std::string, std::string>> headers = {};
    bool falls_back_to_v1 = false;
  };

  // What was put right since the request was first made; each once.
  struct Corrections {
    bool clock = false;
    bool region = false;
    bool access = false;
  };

  // What an answer answers.
  struct Sent {
    const Request& request;
    const std::shared_ptr<const Access>& access;
    const std::string& region; // that it was signed for
  };

  using MakeRequest = FunctionRef<Request(const Access& access)>;
  using TakeAnswer = FunctionRef<void(const HttpAnswer& answer)>;

  [[nodiscard]] std::size_t read_piece(std::string_view key, std::uint64_t offset,
                                       std::span<std::byte> to);
  void perform(MakeRequest make, TakeAnswer take, const std::stop_token& stop);
  [[nodiscard]] bool try_once(MakeRequest make, TakeAnswer take, Corrections& corrections,
                              const std::stop_token& stop);
  [[nodiscard]] RequestGate::Pass enter_gate(const std::stop_token& stop);
  void hold_back(std::chrono::milliseconds delay, const std::stop_token& stop) const;
  [[nodiscard]] static const HttpAnswer& send(const ConnectionPool::Lease& connection,
                                              const HttpRequest& request,
                                              const std::stop_token& stop);
  [[nodiscard]] static bool is_given(const Request& request, const HttpAnswer& answer);
  [[nodiscard]] bool hand_over(const Sent& sent, const HttpAnswer& answer, TakeAnswer take);
  [[nodiscard]] bool fall_back(const Request& request);
  [[nodiscard]] HttpRequest http_request(const Sent& sent, const Endpoint& endpoint);
  [[nodiscard]] Request list_request(const PageRequest& page, const Access& access) const;
  [[nodiscard]] bool correct(const Sent& sent, const StoreComplaint& complaint,
                             const HttpAnswer& answer, Corrections& corrections,
                             const std::stop_token& stop);
  [[nodiscard]] bool correct_clock(const HttpAnswer& answer);
  [[nodiscard]] bool correct_region(const std::string& told, const std::string& sent);
  [[nodiscard]] std::string region_of(const Access& access) const;
  [[nodiscard]] std::chrono::milliseconds next_delay(int attempt, const JobError& error);

  const S3Settings settings_;
  const ClientWorld world_;
  AccessKeeper access_;
  const std::string store_;
  S3Signer signer_;
  RequestGate gate_;
  RateLimit requests_;
  RateLimit bytes_;
  ConnectionPool connections_;
  std::atomic<bool> is_v1_;
  std::atomic<bool> is_version_known_{false};    // the store has answered with a page
  std::atomic<std::int64_t> clock_offset_us_{0}; // the store's clock less ours
  mutable std::mutex mutex_;                     // of what follows
  std::mt19937_64 random_;
  std::string region_; // that the store told us of; "" if it did not
};

} // namespace nightshift::s3
