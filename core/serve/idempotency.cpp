// SPDX-License-Identifier: Apache-2.0

#include "core/serve/idempotency.hpp"

#include "core/base/file.hpp"
#include "core/base/hash.hpp"
#include "core/base/json.hpp"
#include "core/serve/api_error.hpp"

#include <nightshift/error.hpp>

#include <chrono>
#include <optional>
#include <system_error>

namespace nightshift::serve {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_longest_key = 255;
constexpr std::size_t k_largest_answer = std::size_t{16} << 20U;
constexpr std::chrono::hours k_kept{24};

std::string hash_of(const Request& request) {
  return sha256(request.method + ' ' + request.target + '\n' + request.body);
}

std::optional<Json> read(const fs::path& file) {
  try {
    return Json::parse(read_file(file, k_largest_answer), nullptr, false);
  } catch (const JobError& error) {
    if (error.code() == error_code::k_not_found) {
      return std::nullopt;
    }
    throw;
  }
}

void write(const fs::path& file, const Json& json) {
  replace_file(file, to_page(json), Durable::yes);
}

Json headers_json(const Response& response) {
  Json headers = Json::array();
  for (const auto& [name, value] : response.headers) {
    headers.push_back({name, value});
  }
  return headers;
}

Response answer_of(const Json& kept) {
  Response response;
  response.status = kept.at("status").get<int>();
  for (const Json& header : kept.at("headers")) {
    response.headers.emplace_back(header[0].get<std::string>(), header[1].get<std::string>());
  }
  response.headers.emplace_back("Idempotency-Replayed", "true");
  response.body = shared(kept.at("body").get<std::string>());
  return response;
}

// Takes a name out of a set at the end.
class UnderWay {
 public:
  UnderWay(std::mutex& mutex, std::set<std::string>& names, std::string name)
      : mutex_(mutex),
        names_(names),
        name_(std::move(name)) {
    const std::scoped_lock lock(mutex_);
    first_ = names_.insert(name_).second;
  }

  UnderWay(const UnderWay&) = delete;
  UnderWay& operator=(const UnderWay&) = delete;

  ~UnderWay() {
    const std::scoped_lock lock(mutex_);
    if (first_) {
      names_.erase(name_);
    }
  }

  [[nodiscard]] bool first() const noexcept { return first_; }

 private:
  std::mutex& mutex_;
  std::set<std::string>& names_;
  const std::string name_;
  bool first_ = false;
};

} // namespace

Response IdempotencyKeys::once(const Request& request, const std::function<Response()>& work) {
  const std::string key(request.header("idempotency-key"));
  if (key.empty()) {
    return work();
  }
  if (key.size() > k_longest_key) {
    throw ApiError(400, "invalid", "the header Idempotency-Key has more than 255 bytes");
  }
  const std::string name = sha256(key) + ".json";
  const UnderWay under_way(mutex_, under_way_, name);
  if (!under_way.first()) {
    throw conflict("a request with this Idempotency-Key is under way");
  }
  const fs::path file = folder_ / name;
  const auto kept = read(file);
  if (!kept) {
    return begin(request, file, work);
  }
  if (kept->value("request", std::string()) != hash_of(request)) {
    throw ApiError(422, "key_reused", "this Idempotency-Key was used for another request");
  }
  if (!kept->contains("status")) {
    throw conflict("the server ended while it did the first request with this Idempotency-Key: "
                   "look at the list of jobs for what came of it");
  }
  return answer_of(*kept);
}

Response IdempotencyKeys::begin(const Request& request, const fs::path& file,
                                const std::function<Response()>& work) const {
  std::error_code error;
  fs::create_directories(folder_, error);
  forget_old();
  Json kept{{"request", hash_of(request)}};
  write(file, kept);
  try {
    Response response = work();
    kept["status"] = response.status;
    kept["headers"] = headers_json(response);
    kept["body"] = *response.body;
    write(file, kept);
    return response;
  } catch (...) { // handed on; nothing came of it
    fs::remove(file, error);
    throw;
  }
}

void IdempotencyKeys::forget_old() const noexcept {
  std::error_code error;
  for (fs::directory_iterator entry(folder_, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code ignored;
    const auto changed = entry->last_write_time(ignored);
    if (!ignored && fs::file_time_type::clock::now() - changed > k_kept) {
      fs::remove(entry->path(), ignored);
    }
  }
}

} // namespace nightshift::serve
