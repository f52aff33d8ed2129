// SPDX-License-Identifier: Apache-2.0

#include "tests/bench/generated_bucket.hpp"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <iterator>

namespace nightshift::tests {
namespace {

constexpr std::uint64_t k_most_keys = 1000; // of a page, whatever is asked

constexpr std::chrono::sys_seconds k_first_night =
    std::chrono::sys_days(std::chrono::year(2024) / 6 / 1) + std::chrono::hours(20);

// Where all keys end that begin with `prefix`: the prefix with its last byte one higher.
std::string end_of(std::string prefix) {
  if (!prefix.empty()) {
    ++prefix.back();
  }
  return prefix;
}

void append_time(std::chrono::sys_seconds time, std::string& to) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  fmt::format_to(std::back_inserter(to), FMT_COMPILE("{:04}{:02}{:02}{:02}{:02}{:02}"),
                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                 static_cast<unsigned>(date.day()), clock.hours().count(), clock.minutes().count(),
                 clock.seconds().count());
}

void append_element(std::string_view name, std::string_view value, std::string& to) {
  fmt::format_to(std::back_inserter(to), FMT_COMPILE("<{}>{}</{}>"), name, value, name);
}

} // namespace

// What a page holds.
struct GeneratedBucket::Selection {
  std::string entries;
  std::uint64_t count = 0;
  std::uint64_t next = 0; // the place where the page after it begins
  bool truncated = false;
  std::string last = {}; // key or common prefix
};

GeneratedBucket::GeneratedBucket(BucketShape shape)
    : shape_(shape),
      in_folder_(std::max<std::uint64_t>(1, (shape.objects + shape.cameras * shape.nights - 1) /
                                                (shape.cameras * shape.nights))) {}

std::string GeneratedBucket::key(std::uint64_t place) const {
  std::string key;
  append_key(place, key);
  return key;
}

void GeneratedBucket::append_key(std::uint64_t place, std::string& to) const {
  const std::uint64_t folder = place / in_folder_;
  const std::uint64_t night = folder % shape_.nights;
  fmt::format_to(std::back_inserter(to), FMT_COMPILE("camera-{:03}/night-{:04}/"),
                 folder / shape_.nights, night);
  append_time(k_first_night + std::chrono::days(night) + std::chrono::seconds(place % in_folder_),
              to);
  to += "-snapshot.jpg";
}

std::uint64_t GeneratedBucket::place_of(std::string_view bound) const {
  std::uint64_t begin = 0;
  std::uint64_t end = size();
  std::string key;
  while (begin < end) {
    const std::uint64_t middle = begin + (end - begin) / 2;
    key.clear();
    append_key(middle, key);
    if (std::string_view(key) < bound) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

void GeneratedBucket::append_contents(std::uint64_t place, const std::string& key,
                                      std::string& to) const {
  // Taken from the place, so that each object has its own.
  fmt::format_to(std::back_inserter(to),
                 FMT_COMPILE("<Contents><Key>{}</Key>"
                             "<LastModified>2024-12-{:02}T{:02}:{:02}:{:02}.000Z</LastModified>"
                             "<ETag>&quot;{:032x}&quot;</ETag><Size>{}</Size>"
                             "<StorageClass>STANDARD</StorageClass></Contents>"),
                 key, 1 + place / 86'400 % 28, place / 3600 % 24, place / 60 % 60, place % 60,
                 place * 0x9E37'79B9'7F4A'7C15U, 300'000 + place * 7919 % 200'000);
}

std::uint64_t GeneratedBucket::first_place(const ListParameters& parameters) const {
  if (!parameters.token.empty()) {
    return std::strtoull(parameters.token.c_str(), nullptr, 10);
  }
  std::uint64_t place = place_of(parameters.prefix);
  if (!parameters.after.empty()) {
    // v1 gives a common prefix back as marker, and means all below it.
    const bool is_group = !parameters.v2 && !parameters.delimiter.empty() &&
                          parameters.after.size() > parameters.prefix.size() &&
                          std::string_view(parameters.after).ends_with(parameters.delimiter);
    place = std::max(place, place_of(is_group ? end_of(parameters.after) : parameters.after));
    if (place < size() && key(place) == parameters.after) {
      ++place;
    }
  }
  return place;
}

GeneratedBucket::Selection GeneratedBucket::select(const ListParameters& parameters) const {
  const std::uint64_t most = std::min(parameters.max_keys, k_most_keys);
  const std::uint64_t end =
      parameters.prefix.empty() ? size() : place_of(end_of(parameters.prefix));
  Selection page;
  page.entries.reserve(most * 256);
  page.next = first_place(parameters);
  std::string key;
  while (page.next < end && page.count < most) {
    key.clear();
    append_key(page.next, key);
    const auto cut = parameters.delimiter.empty()
                         ? std::string::npos
                         : key.find(parameters.delimiter, parameters.prefix.size());
    if (cut == std::string::npos) {
      append_contents(page.next++, key, page.entries);
    } else {
      key.resize(cut + parameters.delimiter.size());
      append_element("CommonPrefixes", "<Prefix>" + key + "</Prefix>", page.entries);
      page.next = place_of(end_of(key));
    }
    ++page.count;
  }
  page.truncated = page.next < end && page.count > 0;
  page.last = std::move(key);
  return page;
}

// Nothing that is written needs an escape: keys have none, and what came with the request is told
// back only where it is a key's beginning.
std::string GeneratedBucket::list(const ListParameters& parameters) const {
  const Selection page = select(parameters);
  std::string xml = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                    "\n"
                    R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  append_element("Name", "generated", xml);
  append_element("Prefix", page.count > 0 ? parameters.prefix : "", xml);
  append_element("MaxKeys", std::to_string(parameters.max_keys), xml);
  append_element("IsTruncated", page.truncated ? "true" : "false", xml);
  if (parameters.url_encoding) {
    append_element("EncodingType", "url", xml);
  }
  if (parameters.v2) {
    append_element("KeyCount", std::to_string(page.count), xml);
    if (page.truncated) {
      append_element("NextContinuationToken", std::to_string(page.next), xml);
    }
  } else if (page.truncated && !parameters.delimiter.empty()) {
    append_element("NextMarker", page.last, xml);
  }
  xml += page.entries;
  return xml + "</ListBucketResult>";
}

} // namespace nightshift::tests
