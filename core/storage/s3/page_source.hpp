// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/function_ref.hpp>

#include <stop_token>
#include <string>
#include <string_view>

namespace nightshift::s3 {

// One request for a page of a bucket's listing. Keys are whole keys of the bucket, unescaped.
struct PageRequest {
  std::string prefix = {};
  std::string delimiter = {};   // "" or "/"
  std::string start_after = {}; // "": from the beginning; v1 calls it marker
  std::string token = {};       // of the page before, byte for byte; v2 only
  int max_keys = 1000;
};

// Where pages come from. Any thread.
class PageSource {
 public:
  PageSource(const PageSource&) = delete;
  PageSource& operator=(const PageSource&) = delete;
  virtual ~PageSource() = default;

  // Ask for a page and have `read` take the body of a 200 answer. `read` proves the page: if it
  // throws a transient `JobError`, the request is made again as after any other failure that may go
  // away, with delays that grow, until the policy's attempts are used up; then that error comes
  // out. If it throws `OldAnswer`, the request may be made again in v1. Throws `JobError`s that say
  // what to check; cancelled on `stop`.
  virtual void get_page(const PageRequest& request, FunctionRef<void(std::string_view body)> read,
                        std::stop_token stop) = 0;

  // Whether requests are ListObjects (v1, without tokens) rather than ListObjectsV2.
  [[nodiscard]] virtual bool is_v1() const = 0;

 protected:
  PageSource() = default;
};

} // namespace nightshift::s3
