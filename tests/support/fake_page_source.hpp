// SPDX-License-Identifier: Apache-2.0
//
// A bucket in memory that answers any request for a page of its listing, in the dialects of the
// stores that were looked at, and lies, fails or breaks off where it is told to.

#pragma once

#include "core/storage/s3/page_source.hpp"

#include <nightshift/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::tests {

// How keys are written.
enum class KeyEncoding : std::uint8_t {
  plain,         // as XML: an encoding that was asked for is ignored
  all,           // percent-encoded, '/' too, but common prefixes keep theirs; markers are plain
  but_slashes,   // percent-encoded but for '/', markers too
  plus_for_space // as `but_slashes`, but for spaces
};

// In what stores differ.
struct StoreDialect {
  std::string name = "plain";
  bool is_v1 = false;
  bool ignores_list_type = false; // a v1 that answers what v2 asks, instead of refusing
  KeyEncoding encoding = KeyEncoding::plain;
  bool raw_tokens = false;            // the last key, else something opaque
  bool skips_prefix_of_start = false; // a common prefix that start-after lies in is not listed
  bool ignores_delimiter = false;
  bool has_key_count = true; // where v2 is spoken
  bool is_wordy = false;     // single quotes, <Prefix/>, line ends, an owner with each key
  bool quotes_etags_as_entities = true;
  bool has_fractions = true; // in LastModified
  int most_keys = 1000;      // to a page, whatever was asked for
  bool is_ragged = false;    // pages are shorter than they need be, some are empty
  std::uint64_t seed = 0;    // of the raggedness
};

// What RGW 16, Swift 2.30 and AWS do, and RGW and Swift when spoken to in v1.
[[nodiscard]] std::vector<StoreDialect> store_dialects();

struct StoredObject {
  std::int64_t size = 3;
  std::string last_modified = "2024-01-15T10:20:30"; // without its fraction
  std::string etag = "0123456789abcdef0123456789abcdef";
};

// Any thread, but for what changes it, which is for before. Records the requests it gets.
class FakePageSource final : public s3::PageSource {
 public:
  using Spoil = std::function<std::string(std::string body)>;

  explicit FakePageSource(StoreDialect dialect = {}) : dialect_(std::move(dialect)) {}

  void put(const std::string& key, StoredObject object = {}) {
    objects_.insert_or_assign(key, std::move(object));
  }

  // The answers to `times` requests from number `request` on, which counts from 0, are what `spoil`
  // makes of them.
  void spoil(std::size_t request, Spoil spoil, std::size_t times = 1) {
    faults_.push_back({request, request + times, std::move(spoil)});
  }

  // The requests that `matches` fail with `error`.
  void fail(std::function<bool(const s3::PageRequest&)> matches, JobError error) {
    failures_.push_back({std::move(matches), std::move(error)});
  }

  // Called with each request, at the time of which its thread may wait.
  void on_request(std::function<void(const s3::PageRequest&)> hook) { hook_ = std::move(hook); }

  // How often a request is made whose page is refused as transient.
  void set_attempts(int attempts) { attempts_ = attempts; }

  void get_page(const s3::PageRequest& request, FunctionRef<void(std::string_view body)> read,
                std::stop_token stop) override;

  [[nodiscard]] bool is_v1() const override { return dialect_.is_v1; }

  // In the order of their arrival, repeated ones included.
  [[nodiscard]] std::vector<s3::PageRequest> requests() const;

  // The answer to a request, unspoiled.
  [[nodiscard]] std::string answer(const s3::PageRequest& request) const;

 private:
  struct Page;

  struct Fault {
    std::size_t begin;
    std::size_t end;
    Spoil spoil;
  };

  struct Failure {
    std::function<bool(const s3::PageRequest&)> matches;
    JobError error;
  };

  [[nodiscard]] std::string spoiled_answer(const s3::PageRequest& request);
  [[nodiscard]] Page page_for(const s3::PageRequest& request) const;
  [[nodiscard]] std::size_t room_of_page(const s3::PageRequest& request, const std::string& marker,
                                         int empty_before) const;
  [[nodiscard]] std::string encoded(std::string_view key, bool keeps_slashes) const;
  [[nodiscard]] std::string token_for(const Page& page) const;
  void write_object(std::string& xml, const std::string& key, const StoredObject& object) const;

  StoreDialect dialect_;
  std::map<std::string, StoredObject, std::less<>> objects_;
  std::vector<Fault> faults_;
  std::vector<Failure> failures_;
  std::function<void(const s3::PageRequest&)> hook_;
  int attempts_ = 1;
  mutable std::mutex mutex_; // over the requests
  std::vector<s3::PageRequest> requests_;
};

} // namespace nightshift::tests
