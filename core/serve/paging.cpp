// SPDX-License-Identifier: Apache-2.0

#include "core/serve/paging.hpp"

#include "core/base/hash.hpp"
#include "core/serve/api_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace nightshift::serve {
namespace {

constexpr std::int64_t k_page = 20;
constexpr std::int64_t k_largest_page = 500;
constexpr std::int64_t k_largest_offset = 1'000'000'000;

std::string encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (byte < 0x80 && std::isalnum(byte) != 0) || c == '-' || c == '_' ||
                       c == '.' || c == '~' || c == ',' || c == ':';
    result += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return result;
}

Json link(const Request& request, std::size_t offset) {
  return target_with(request, "offset", std::to_string(offset));
}

// Weak and strong alike: the tags here name bytes.
bool names(std::string_view list, const std::string& etag) {
  while (!list.empty()) {
    std::string_view one = list.substr(0, list.find(','));
    list.remove_prefix(std::min(one.size() + 1, list.size()));
    one.remove_prefix(std::min(one.find_first_not_of(' '), one.size()));
    one = one.substr(0, one.find_last_not_of(' ') + 1);
    if (one.starts_with("W/")) {
      one.remove_prefix(2);
    }
    if (one == "*" || one == etag) {
      return true;
    }
  }
  return false;
}

} // namespace

std::vector<Field> paging_fields() {
  return {{"limit", FieldKind::integer, "How many at most", 1, k_largest_page},
          {"offset", FieldKind::integer, "How many to pass over", 0, k_largest_offset}};
}

PageRange page_range(const Json& query) {
  return {query.value("limit", static_cast<std::size_t>(k_page)),
          query.value("offset", std::size_t{0})};
}

std::string target_with(const Request& request, std::string_view name, const std::string& value) {
  std::string target = request.path;
  char separator = '?';
  const auto add = [&](std::string_view key, std::string_view text) {
    target += fmt::format("{}{}={}", separator, encoded(key), encoded(text));
    separator = '&';
  };
  for (const auto& [key, text] : request.query) {
    if (key != name) {
      add(key, text);
    }
  }
  add(name, value);
  return target;
}

Response page_response(const Request& request, const PageRange& range, std::size_t count,
                       const std::vector<std::string>& results) {
  const bool more = range.offset + range.limit < count;
  const Json next = more ? link(request, range.offset + range.limit) : Json();
  const Json previous =
      range.offset > 0 ? link(request, range.offset - std::min(range.offset, range.limit)) : Json();
  Response response;
  response.body =
      shared(fmt::format("{{\"count\": {}, \"next\": {}, \"previous\": {}, "
                         "\"results\": [\n{}]}}\n",
                         count, to_line(next), to_line(previous), fmt::join(results, ",\n")));
  return response;
}

Response tagged(const Request& request, Response response, const std::string& etag) {
  response.headers.emplace_back("ETag", etag);
  if (names(request.header("if-none-match"), etag)) {
    response.status = 304;
    response.type.clear();
    response.body = nullptr;
  }
  return response;
}

Response tagged_by_content(const Request& request, Response response) {
  constexpr std::size_t k_digits = 32;
  std::string etag = '"' + sha256(*response.body).substr(0, k_digits) + '"';
  return tagged(request, std::move(response), etag);
}

void check_if_match(const Request& request, const std::string& etag) {
  const std::string_view wanted = request.header("if-match");
  if (!wanted.empty() && !names(wanted, etag)) {
    throw ApiError(412, "changed", "it has changed since: get it again, and decide anew");
  }
}

} // namespace nightshift::serve
