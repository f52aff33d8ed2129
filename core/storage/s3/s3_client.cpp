// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/s3_client.hpp"

#include "core/base/text.hpp"
#include "core/base/work_meter.hpp"
#include "core/storage/s3/harmless_words.hpp"
#include "core/storage/s3/list_page.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <utility>

namespace nightshift::s3 {

namespace {

void wait_or_stop(std::chrono::milliseconds delay, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  (void)never.wait_for(lock, stop, delay, [] { return false; });
  if (stop.stop_requested()) {
    throw cancelled_error();
  }
}

HttpSettings http_settings(const S3Settings& settings, const Access& access,
                           const Endpoint& endpoint) {
  constexpr int k_most_stalls = 10; // a trickle that never quite stalls ends as well
  HttpSettings http{endpoint.server};
  http.ca_bundle = access.ca_bundle;
  http.connect_timeout = std::min(settings.request_timeout, http.connect_timeout);
  http.stall_timeout = settings.request_timeout;
  http.total_timeout = k_most_stalls * settings.request_timeout;
  return http;
}

// The first byte of "bytes 5-9/100".
std::optional<std::uint64_t> begin_of_range(std::string_view text) {
  constexpr std::string_view k_unit = "bytes ";
  if (!text.starts_with(k_unit)) {
    return std::nullopt;
  }
  text.remove_prefix(k_unit.size());
  std::uint64_t begin = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), begin);
  return error == std::errc() && end != text.data() + text.size() && *end == '-'
             ? std::optional(begin)
             : std::nullopt;
}

// Whether a store complains of ListObjectsV2 as such.
bool knows_no_v2(const StoreComplaint& complaint) {
  return complaint.status == 501 || complaint.code == "NotImplemented" ||
         (complaint.status == 400 && (complaint.argument == "list-type" ||
                                      complaint.message.find("list-type") != std::string::npos));
}

// Of an answer to `?location`. Source: GetBucketLocation, Amazon S3 API Reference.
std::string location_in(const HttpAnswer& answer, const std::string& bucket) {
  const std::string_view body = answer.body;
  const std::size_t begin = body.find("<LocationConstraint");
  const std::size_t end = begin != std::string_view::npos ? body.find('>', begin) : begin;
  if (end == std::string_view::npos) {
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("the store does not tell where bucket {} is", bucket));
  }
  const bool is_empty = body[end - 1] == '/';
  const std::string_view text = is_empty ? "" : body.substr(end + 1, body.find('<', end) - end - 1);
  return text.empty() ? "us-east-1" : text == "EU" ? "eu-west-1" : one_line(text);
}

// The part of the object that begins at `offset`, of an answer that holds it.
std::string_view part_from(const HttpAnswer& answer, std::uint64_t offset) {
  const std::string_view body = answer.body;
  if (answer.status == 200) { // the store pays no heed to ranges
    return body.substr(std::min<std::uint64_t>(offset, body.size()));
  }
  if (begin_of_range(answer.header("content-range").value_or("")) != offset) {
    throw transient_error(error_code::k_unavailable,
                          "the store sent another part of an object than it was asked for: check "
                          "any proxy or cache on the way to it");
  }
  return body;
}

// An error about an answer may quote it, and the answer may repeat what it was asked with.
[[noreturn]] void rethrow_harmless(const JobError& error, const Access& access) {
  if (!access.credentials || !gives_away(error.what(), *access.credentials)) {
    throw error;
  }
  throw JobError(error.error_class(), error.code(),
                 "the store's answer is not what it should be, and repeats the credentials that it "
                 "was asked with, so that it is not shown; check endpoint_url");
}

} // namespace

ClientWorld::ClientWorld() : wait(wait_or_stop) {}

S3Client::S3Client(S3Settings settings, AccessKeeper::Find find, ClientWorld world)
    : settings_(std::move(settings)),
      world_(std::move(world)),
      access_(std::move(find), world_.now),
      store_(store_of(*access_.current(std::stop_token()))),
      gate_(settings_.max_connections),
      requests_(settings_.max_requests_per_second, world_.steady),
      bytes_(settings_.max_bytes_per_second, world_.steady),
      connections_(static_cast<std::size_t>(settings_.max_connections)),
      is_v1_(access_.current(std::stop_token())->list_version == ListVersion::v1),
      random_(world_.seed) {}

void S3Client::get_page(const PageRequest& request, FunctionRef<void(std::string_view body)> read,
                        std::stop_token stop) {
  perform([&](const Access& access) { return list_request(request, access); },
          [&](const HttpAnswer& answer) {
            read(answer.body);
            is_version_known_ = true;
          },
          stop);
}

std::string S3Client::location(const std::stop_token& stop) {
  Request request;
  request.query = {{"location", ""}};
  std::string region;
  perform([&](const Access&) { return request; },
          [&](const HttpAnswer& answer) { region = location_in(answer, settings_.bucket); }, stop);
  return region;
}

std::size_t S3Client::read(std::string_view key, std::uint64_t offset, std::span<std::byte> to) {
  constexpr std::size_t k_largest_piece = std::size_t{16} << 20U; // an answer's size is bounded
  std::size_t count = 0;
  for (;;) {
    const auto piece = to.subspan(count, std::min(to.size() - count, k_largest_piece));
    const std::size_t read = read_piece(key, offset + count, piece);
    count += read;
    if (read < piece.size() || count == to.size()) {
      return count;
    }
  }
}

std::size_t S3Client::read_piece(std::string_view key, std::uint64_t offset,
                                 std::span<std::byte> to) {
  Request request;
  request.key = key;
  request.head = to.empty();
  if (!to.empty()) {
    request.headers.emplace_back("range",
                                 fmt::format("bytes={}-{}", offset, offset + to.size() - 1));
  }
  std::size_t count = 0;
  perform([&](const Access&) { return request; },
          [&](const HttpAnswer& answer) {
            const std::string_view part =
                answer.status == 416 ? std::string_view() : part_from(answer, offset);
            count = std::min(part.size(), to.size());
            std::transform(part.begin(), part.begin() + static_cast<std::ptrdiff_t>(count),
                           to.begin(), [](char c) { return static_cast<std::byte>(c); });
          },
          std::stop_token());
  return count;
}

void S3Client::perform(MakeRequest make, TakeAnswer take, const std::stop_token& stop) {
  Corrections corrections;
  int attempt = 1;
  for (;;) {
    try {
      if (try_once(make, take, corrections, stop)) {
        return;
      }
    } catch (const JobError& error) {
      if (error.error_class() != ErrorClass::transient || attempt >= settings_.request_attempts) {
        throw;
      }
      hold_back(next_delay(attempt, error), stop);
      ++attempt;
    }
    tally(Tally::repeated);
  }
}

// False if something was put right, and the request is to be made again.
bool S3Client::try_once(MakeRequest make, TakeAnswer take, Corrections& corrections,
                        const std::stop_token& stop) {
  const auto access = access_.current(stop);
  const Request request = make(*access);
  const std::string region = region_of(*access);
  const Sent sent{request, access, region};
  const Endpoint endpoint = endpoint_of(settings_, *access, region);
  RequestGate::Pass pass = enter_gate(stop);
  if (const auto delay = requests_.take(1); delay.count() > 0) {
    hold_back(delay, stop);
  }
  const ConnectionPool::Lease connection =
      connections_.lend(http_settings(settings_, *access, endpoint));
  const HttpAnswer& answer = send(connection, http_request(sent, endpoint), stop);
  if (const auto delay = bytes_.take(static_cast<double>(answer.body.size())); delay.count() > 0) {
    hold_back(delay, stop);
  }
  if (is_given(request, answer)) {
    if (!hand_over(sent, answer, take)) {
      return false;
    }
    pass.succeeded();
    return true;
  }
  const StoreComplaint complaint = read_complaint(answer);
  if (asks_to_slow_down(complaint)) {
    pass.slow_down();
  }
  if (correct(sent, complaint, answer, corrections, stop)) {
    return false;
  }
  throw error_of(
      complaint,
      {endpoint.server, settings_.bucket, one_line(printable_key(request.key)), access.get()},
      retry_after_of(answer, world_.now()));
}

RequestGate::Pass S3Client::enter_gate(const std::stop_token& stop) {
  const WaitTimer waiting(Wait::held_back);
  return gate_.enter(stop);
}

void S3Client::hold_back(std::chrono::milliseconds delay, const std::stop_token& stop) const {
  const WaitTimer waiting(Wait::held_back);
  world_.wait(delay, stop);
}

const HttpAnswer& S3Client::send(const ConnectionPool::Lease& connection,
                                 const HttpRequest& request, const std::stop_token& stop) {
  tally(Tally::requests);
  const WaitTimer waiting(Wait::request);
  const HttpAnswer& answer = connection->send(request, stop);
  tally(Tally::received_bytes, static_cast<std::int64_t>(answer.body.size()));
  return answer;
}

// False if the store is to be asked in the old way.
bool S3Client::hand_over(const Sent& sent, const HttpAnswer& answer, TakeAnswer take) {
  try {
    take(answer);
  } catch (const OldAnswer&) {
    if (!fall_back(sent.request)) {
      throw;
    }
    return false;
  } catch (const JobError& error) {
    rethrow_harmless(error, *sent.access);
  }
  return true;
}

// Whether it is what was asked for. A store may complain under a status that says all is well; an
// object may look like a complaint.
bool S3Client::is_given(const Request& request, const HttpAnswer& answer) {
  if (request.key.empty()) {
    return answer.status == 200 && !is_complaint(answer.body);
  }
  constexpr int k_past_the_end = 416;
  return answer.status == 200 || answer.status == 206 || answer.status == k_past_the_end;
}

HttpRequest S3Client::http_request(const Sent& sent, const Endpoint& endpoint) {
  const Request& request = sent.request;
  SignedRequest plain{request.head ? "HEAD" : "GET", endpoint.host, endpoint.path_of(request.key),
                      canonical_query(request.query), request.headers};
  if (sent.access->requester_pays) {
    plain.headers.emplace_back("x-amz-request-payer", "requester");
  }
  HttpRequest http;
  http.head = request.head;
  http.url = fmt::format("{}{}{}{}", endpoint.server, plain.path, plain.query.empty() ? "" : "?",
                         plain.query);
  if (sent.access->credentials) {
    const TimePoint now = world_.now() + std::chrono::microseconds(clock_offset_us_.load());
    http.headers = signer_.sign(plain, *sent.access->credentials, sent.region, now);
    http.secret_headers = S3Signer::secret_headers(*sent.access->credentials);
  } else {
    for (const auto& [name, value] : plain.headers) {
      http.headers.push_back(fmt::format("{}: {}", name, value));
    }
  }
  return http;
}

S3Client::Request S3Client::list_request(const PageRequest& page, const Access& access) const {
  const bool v1 = is_v1_;
  Request request;
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) {
      request.query.emplace_back(name, value);
    }
  };
  add("list-type", v1 ? "" : "2");
  add("encoding-type", access.url_encoding ? "url" : "");
  add("prefix", page.prefix);
  add("delimiter", page.delimiter);
  add("max-keys", std::to_string(page.max_keys));
  add(v1 ? "marker" : "start-after", page.start_after);
  add("continuation-token", v1 ? "" : page.token);
  request.falls_back_to_v1 =
      !v1 && !is_version_known_ && access.list_version == ListVersion::automatic;
  return request;
}

bool S3Client::correct(const Sent& sent, const StoreComplaint& complaint, const HttpAnswer& answer,
                       Corrections& corrections, const std::stop_token& stop) {
  if (complaint.code == "RequestTimeTooSkewed" && !std::exchange(corrections.clock, true)) {
    return correct_clock(answer);
  }
  // Some stores name the region in every answer.
  if (!corrections.region && correct_region(complaint.region, sent.region)) {
    corrections.region = true;
    return true;
  }
  if (is_expired(complaint) && !corrections.access) {
    access_.renew(sent.access, stop); // which may fail for a moment, and is then tried again
    corrections.access = true;
    return true;
  }
  return knows_no_v2(complaint) && fall_back(sent.request);
}

// What another request has learnt in the meantime holds for this one too.
bool S3Client::fall_back(const Request& request) {
  if (!request.falls_back_to_v1 || (is_version_known_ && !is_v1_)) {
    return false;
  }
  is_v1_ = true;
  return true;
}

bool S3Client::correct_clock(const HttpAnswer& answer) {
  const auto date = parse_http_date(answer.header("date").value_or(""));
  if (!date) {
    return false;
  }
  clock_offset_us_ = (*date - world_.now()).count();
  return true;
}

bool S3Client::correct_region(const std::string& told, const std::string& sent) {
  if (told.empty() || told == sent) {
    return false;
  }
  const std::scoped_lock lock(mutex_);
  region_ = told;
  return true;
}

std::string S3Client::region_of(const Access& access) const {
  const std::scoped_lock lock(mutex_);
  return region_.empty() ? access.region : region_;
}

std::chrono::milliseconds S3Client::next_delay(int attempt, const JobError& error) {
  const std::scoped_lock lock(mutex_);
  return retry_delay(world_.retry, attempt, error.retry_after(), random_);
}

} // namespace nightshift::s3
