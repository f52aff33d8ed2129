// SPDX-License-Identifier: Apache-2.0
//
// What is asked and what is answered, without a word of how it comes over the wire.

#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::serve {

// Percent-decoded; a name may come several times.
using Query = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string method;                                      // "GET"
  std::string target;                                      // as it came: "/api/v2/jobs/?limit=2"
  std::string path;                                        // of the target, decoded
  Query query;                                             // of the target
  std::map<std::string, std::string, std::less<>> headers; // names in lower case
  std::string body;

  // "" without one.
  [[nodiscard]] std::string_view header(std::string_view name) const {
    const auto found = headers.find(name);
    return found != headers.end() ? std::string_view(found->second) : std::string_view();
  }
};

// Shared, so that many answers can hold the same bytes.
using SharedText = std::shared_ptr<const std::string>;

// A body that goes on for as long as there is something to tell. One thread, but for the function
// that `on_more` takes, which the stream calls from any.
class Stream {
 public:
  Stream() = default;
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;
  virtual ~Stream() = default;

  // What to send next. Null: nothing yet; `more` is called when there is.
  [[nodiscard]] virtual SharedText next() = 0;

  // Whether all was given that ever will be.
  [[nodiscard]] virtual bool ended() const = 0;

  virtual void on_more(std::function<void()> more) = 0;
};

struct Response {
  int status = 200;
  std::string type = "application/json"; // "" without a body
  std::vector<std::pair<std::string, std::string>> headers = {};
  SharedText body = {};
  std::unique_ptr<Stream> stream = {}; // instead of the body
};

// The two parts of a target, decoded; nothing if it is malformed: no path, a bad escape, a zero
// byte.
struct Target {
  std::string path;
  Query query;
};

[[nodiscard]] std::optional<Target> parse_target(std::string_view target);

} // namespace nightshift::serve
