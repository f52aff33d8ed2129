// SPDX-License-Identifier: Apache-2.0

#include "tests/support/fake_page_source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace nightshift::tests {

namespace {

using s3::PageRequest;

std::string escaped(std::string_view text) {
  std::string xml;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      xml += "&amp;";
    } else if (c == '<') {
      xml += "&lt;";
    } else if (c == '>') {
      xml += "&gt;";
    } else if (byte < 0x20) {
      xml += fmt::format("&#x{:02x};", byte);
    } else {
      xml.push_back(c);
    }
  }
  return xml;
}

std::string in_hex(std::string_view text) {
  std::string hex;
  for (const char c : text) {
    hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  }
  return hex;
}

std::string from_hex(std::string_view hex) {
  std::string text;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    text.push_back(static_cast<char>(std::stoi(std::string(hex.substr(at, 2)), nullptr, 16)));
  }
  return text;
}

// Where a page begins.
struct Start {
  std::string marker;
  bool is_continued = false;
  int empty_before = 0; // pages that held nothing, since the one before that did
};

// An opaque token: "t", how many empty pages came before, "x" and the marker in hexadecimal.
Start start_of(const PageRequest& request, bool raw_tokens) {
  if (request.token.empty()) {
    return {request.start_after};
  }
  if (raw_tokens) {
    return {request.token, true};
  }
  const std::size_t x = request.token.find('x');
  return {from_hex(std::string_view(request.token).substr(x + 1)), true,
          std::stoi(request.token.substr(1, x - 1))};
}

std::string element(std::string_view name, std::string_view text) {
  return fmt::format("<{0}>{1}</{0}>", name, text);
}

} // namespace

std::vector<StoreDialect> store_dialects() {
  StoreDialect aws{.name = "Aws", .encoding = KeyEncoding::but_slashes};
  StoreDialect rgw{.name = "Rgw",
                   .encoding = KeyEncoding::all,
                   .raw_tokens = true,
                   .skips_prefix_of_start = true};
  StoreDialect swift{.name = "Swift",
                     .encoding = KeyEncoding::but_slashes,
                     .is_wordy = true,
                     .quotes_etags_as_entities = false};
  StoreDialect old{.name = "Old", .has_key_count = false, .has_fractions = false};
  StoreDialect plus{.name = "Plus", .encoding = KeyEncoding::plus_for_space};
  StoreDialect rgw_v1 = rgw;
  rgw_v1.name = "RgwV1";
  rgw_v1.is_v1 = true;
  StoreDialect swift_v1 = swift;
  swift_v1.name = "SwiftV1";
  swift_v1.is_v1 = true;
  return {aws, rgw, swift, old, plus, rgw_v1, swift_v1};
}

struct FakePageSource::Page {
  std::vector<const std::pair<const std::string, StoredObject>*> objects;
  std::vector<std::string> prefixes;
  bool is_truncated = false;
  std::string marker; // where the next page begins
  int empty_before = 0;
};

void FakePageSource::get_page(const PageRequest& request,
                              FunctionRef<void(std::string_view body)> read, std::stop_token stop) {
  for (int attempt = 1;; ++attempt) {
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
    const std::string body = spoiled_answer(request);
    try {
      read(body);
      return;
    } catch (const JobError& error) {
      if (error.error_class() != ErrorClass::transient || attempt >= attempts_) {
        throw;
      }
    }
  }
}

std::vector<PageRequest> FakePageSource::requests() const {
  const std::scoped_lock lock(mutex_);
  return requests_;
}

std::string FakePageSource::spoiled_answer(const PageRequest& request) {
  std::size_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    number = requests_.size();
    requests_.push_back(request);
  }
  if (hook_) {
    hook_(request);
  }
  for (const Failure& failure : failures_) {
    if (failure.matches(request)) {
      throw JobError(failure.error);
    }
  }
  std::string body = answer(request);
  for (const Fault& fault : faults_) {
    if (number >= fault.begin && number < fault.end) {
      body = fault.spoil(std::move(body));
    }
  }
  return body;
}

std::size_t FakePageSource::room_of_page(const PageRequest& request, const std::string& marker,
                                         int empty_before) const {
  const auto most = static_cast<std::size_t>(std::min(request.max_keys, dialect_.most_keys));
  if (!dialect_.is_ragged) {
    return most;
  }
  const std::size_t dice = std::hash<std::string>{}(marker) ^ (dialect_.seed * 0x9E3779B97F4A7C15U);
  const bool may_be_empty = !dialect_.is_v1 && !dialect_.raw_tokens && empty_before < 2;
  return may_be_empty && dice % 5 == 0 ? 0 : 1 + dice / 5 % most;
}

FakePageSource::Page FakePageSource::page_for(const PageRequest& request) const {
  const Start start = start_of(request, dialect_.raw_tokens);
  const bool is_continued = start.is_continued || dialect_.is_v1;
  const std::size_t room = room_of_page(request, start.marker, start.empty_before);
  Page page;
  page.marker = start.marker;
  page.empty_before = room == 0 ? start.empty_before + 1 : 0;
  for (auto at = start.marker < request.prefix ? objects_.lower_bound(request.prefix)
                                               : objects_.upper_bound(start.marker);
       at != objects_.end() && at->first.starts_with(request.prefix); ++at) {
    const std::string& key = at->first;
    const std::size_t end = request.delimiter.empty() || dialect_.ignores_delimiter
                                ? std::string::npos
                                : key.find(request.delimiter, request.prefix.size());
    const std::string prefix = key.substr(0, end == std::string::npos ? 0 : end + 1);
    const bool is_passed =
        !prefix.empty() &&
        ((!page.prefixes.empty() && page.prefixes.back() == prefix) || start.marker == prefix ||
         (start.marker.starts_with(prefix) && !is_continued && dialect_.skips_prefix_of_start));
    if (is_passed) {
      continue;
    }
    if (page.objects.size() + page.prefixes.size() == room) {
      page.is_truncated = true;
      break;
    }
    if (prefix.empty()) {
      page.objects.push_back(&*at);
    } else {
      page.prefixes.push_back(prefix);
    }
    page.marker = prefix.empty() ? key : prefix;
  }
  return page;
}

std::string FakePageSource::encoded(std::string_view key, bool keeps_slashes) const {
  if (dialect_.encoding == KeyEncoding::plain) {
    return escaped(key);
  }
  std::string text;
  for (const char c : key) {
    const bool is_plain =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
        std::string_view("-._~").find(c) != std::string_view::npos || (c == '/' && keeps_slashes);
    if (is_plain) {
      text.push_back(c);
    } else if (c == ' ' && dialect_.encoding == KeyEncoding::plus_for_space) {
      text.push_back('+');
    } else {
      text += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return text;
}

std::string FakePageSource::token_for(const Page& page) const {
  return dialect_.raw_tokens ? escaped(page.marker)
                             : fmt::format("t{}x{}", page.empty_before, in_hex(page.marker));
}

void FakePageSource::write_object(std::string& xml, const std::string& key,
                                  const StoredObject& object) const {
  const char* const quote = dialect_.quotes_etags_as_entities ? "&quot;" : "\"";
  xml += "<Contents>";
  xml += element("Key", encoded(key, dialect_.encoding != KeyEncoding::all));
  xml += element("LastModified", object.last_modified + (dialect_.has_fractions ? ".250Z" : "Z"));
  xml += element("ETag", fmt::format("{0}{1}{0}", quote, object.etag));
  xml += element("Size", std::to_string(object.size));
  xml += element("StorageClass", "STANDARD");
  if (dialect_.is_wordy) {
    xml += "\n<Owner><ID>lab</ID><DisplayName>A &amp; B</DisplayName></Owner>\n";
  }
  xml += "</Contents>";
}

std::string FakePageSource::answer(const PageRequest& request) const {
  const Page page = page_for(request);
  const bool is_wordy = dialect_.is_wordy;
  const bool encodes_markers = dialect_.encoding != KeyEncoding::all;
  const std::string key_count =
      dialect_.is_v1 || !dialect_.has_key_count
          ? ""
          : element("KeyCount", std::to_string(page.objects.size() + page.prefixes.size()));
  std::string xml = is_wordy ? "<?xml version='1.0' encoding='UTF-8'?>\n"
                             : R"(<?xml version="1.0" encoding="UTF-8"?>)";
  xml += R"(<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  xml += element("Name", "bucket");
  xml += request.prefix.empty() && is_wordy ? "<Prefix/>\n"
                                            : element("Prefix", escaped(request.prefix));
  xml += is_wordy ? key_count : "";
  if (dialect_.encoding != KeyEncoding::plain) {
    xml += element("EncodingType", "url");
  }
  if (dialect_.is_v1) {
    xml += element("Marker", encodes_markers ? encoded(request.start_after, true)
                                             : escaped(request.start_after));
  }
  xml += element("IsTruncated", page.is_truncated ? "true" : "false");
  if (page.is_truncated && !dialect_.is_v1) {
    xml += element("NextContinuationToken", token_for(page));
  }
  if (page.is_truncated && dialect_.is_v1 && !request.delimiter.empty()) {
    xml +=
        element("NextMarker", encodes_markers ? encoded(page.marker, true) : escaped(page.marker));
  }
  for (const auto* object : page.objects) {
    write_object(xml, object->first, object->second);
  }
  for (const std::string& prefix : page.prefixes) {
    xml += element("CommonPrefixes", element("Prefix", encoded(prefix, true)));
  }
  xml += is_wordy ? "\n" : key_count;
  return xml + "</ListBucketResult>";
}

} // namespace nightshift::tests
