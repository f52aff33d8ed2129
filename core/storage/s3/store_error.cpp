// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/store_error.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace nightshift::s3 {

namespace {

constexpr std::size_t k_longest_words = 200;

// The text of the first element of that name in a short document; escapes stay as they are.
std::string element(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) {
    return "";
  }
  const std::string_view rest = xml.substr(begin + open.size());
  return std::string(rest.substr(0, rest.find('<')));
}

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_transient(const StoreComplaint& complaint) {
  constexpr std::array k_statuses{408, 425, 429, 500, 502, 503, 504};
  return std::find(k_statuses.begin(), k_statuses.end(), complaint.status) != k_statuses.end() ||
         is_one_of(complaint.code, {"RequestTimeout", "InternalError", "SlowDown", "Throttling",
                                    "ThrottlingException", "ServiceUnavailable", "OperationAborted",
                                    "RequestThrottled", "TooManyRequests"});
}

std::string shown_key_id(const AskedOf& asked) {
  return asked.access != nullptr && asked.access->credentials
             ? asked.access->credentials->access_key_id.substr(0, 4) + "…"
             : std::string("none");
}

std::string credentials_text(const AskedOf& asked) {
  if (asked.access == nullptr || !asked.access->credentials) {
    return "the request was anonymous";
  }
  return fmt::format("the access key is {} of {}", shown_key_id(asked), asked.access->found_in);
}

bool has_session_token(const AskedOf& asked) {
  return asked.access != nullptr && asked.access->credentials &&
         !asked.access->credentials->session_token.empty();
}

// Whether words of the store's hold something of ours that is not to be shown.
bool gives_away(const std::string& words, const AskedOf& asked) {
  if (asked.access == nullptr || !asked.access->credentials) {
    return false;
  }
  const Credentials& credentials = *asked.access->credentials;
  const auto holds = [&](std::string_view secret) {
    return !secret.empty() && words.find(secret) != std::string::npos;
  };
  return holds(credentials.access_key_id) || holds(credentials.secret_access_key.reveal()) ||
         holds(credentials.session_token.reveal());
}

// " (403 AccessDenied: Access Denied)"
std::string in_its_words(const StoreComplaint& complaint, const AskedOf& asked) {
  std::string text = fmt::format(" ({}", complaint.status);
  if (!complaint.code.empty() && !gives_away(complaint.code, asked)) {
    text += " " + complaint.code;
  }
  if (!complaint.message.empty() && !gives_away(complaint.message, asked)) {
    text += ": " + complaint.message;
  }
  return text + ")";
}

std::string what_of(const AskedOf& asked) {
  return asked.key.empty()
             ? fmt::format("bucket {} at {}", asked.bucket, asked.server)
             : fmt::format("{} in bucket {} at {}", asked.key, asked.bucket, asked.server);
}

struct Finding {
  const char* code;
  std::string sentence;
};

Finding denied_finding(const StoreComplaint& complaint, const AskedOf& asked) {
  const std::string& code = complaint.code;
  if (code == "SignatureDoesNotMatch") {
    return {error_code::k_denied,
            fmt::format("{} refuses the signature: check the secret access key ({}), and that no "
                        "proxy changes requests",
                        asked.server, credentials_text(asked))};
  }
  if (is_one_of(code, {"InvalidAccessKeyId", "InvalidAccessKey"})) {
    return {error_code::k_denied,
            fmt::format("{} does not know the access key {}: check that it is of this store ({})",
                        asked.server, shown_key_id(asked), credentials_text(asked))};
  }
  if (is_expired(complaint)) {
    return {error_code::k_denied,
            fmt::format("the session token for {} is no longer valid: get a new one ({})",
                        asked.server, credentials_text(asked))};
  }
  if (is_one_of(code, {"InvalidToken", "InvalidArgument"})) {
    return {error_code::k_denied,
            fmt::format("{} does not accept the session token: get a new one, with the keys that "
                        "belong to it ({})",
                        asked.server, credentials_text(asked))};
  }
  if (code == "RequestTimeTooSkewed") {
    return {error_code::k_denied,
            fmt::format("the clocks of this machine and of {} differ by too much: set this "
                        "machine's clock",
                        asked.server)};
  }
  if (asked.access == nullptr || !asked.access->credentials) {
    return {
        error_code::k_denied,
        fmt::format("{} may not be read by anonymous requests: name a profile", what_of(asked))};
  }
  return {
      error_code::k_denied,
      fmt::format("{} may not be read: check the secret that goes with the access key ({}), and "
                  "ask for the right to list the bucket and to read its objects; where the "
                  "requester pays, set requester_pays",
                  what_of(asked), credentials_text(asked))};
}

Finding moved_finding(const StoreComplaint& complaint, const AskedOf& asked) {
  return {error_code::k_config,
          complaint.region.empty()
              ? fmt::format("bucket {} is not at {}: set endpoint_url to where it is", asked.bucket,
                            asked.server)
              : fmt::format("bucket {} at {} is in the region {}: set region, and with it "
                            "endpoint_url if one is given",
                            asked.bucket, asked.server, complaint.region)};
}

Finding finding_of(const StoreComplaint& complaint, const AskedOf& asked) {
  const std::string& code = complaint.code;
  if (code == "NoSuchBucket") {
    return {error_code::k_not_found,
            fmt::format("there is no bucket {} at {}: check the source's uri and endpoint_url",
                        asked.bucket, asked.server)};
  }
  if (!asked.key.empty() && (complaint.status == 404 || code == "NoSuchKey")) {
    return {error_code::k_not_found, fmt::format("there is no object {}", what_of(asked))};
  }
  if (is_one_of(code, {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
                       "IllegalLocationConstraintException"}) ||
      (complaint.status >= 300 && complaint.status < 400)) {
    return moved_finding(complaint, asked);
  }
  if (complaint.status == 401 || complaint.status == 403 || is_expired(complaint) ||
      is_one_of(code, {"InvalidToken", "InvalidAccessKeyId", "SignatureDoesNotMatch"}) ||
      (code == "InvalidArgument" && has_session_token(asked))) { // Ceph's word for a bad one
    return denied_finding(complaint, asked);
  }
  if (complaint.status == 412 && asked.access != nullptr && !asked.access->credentials) {
    return {error_code::k_denied,
            fmt::format("{} takes signed requests only: name a profile, and no anonymous access",
                        asked.server)};
  }
  if (complaint.status == 404) {
    return {error_code::k_not_found,
            fmt::format("{} knows nothing of bucket {}: check that its S3 interface is at this "
                        "endpoint_url, and the bucket's name",
                        asked.server, asked.bucket)};
  }
  if (complaint.status == 501 || code == "NotImplemented") {
    return {error_code::k_unsupported,
            fmt::format("{} does not know this request: try list_version: v1", asked.server)};
  }
  return {error_code::k_unavailable,
          fmt::format("{} does not do what it was asked for {}", asked.server, what_of(asked))};
}

} // namespace

StoreComplaint read_complaint(const HttpAnswer& answer) {
  StoreComplaint complaint;
  complaint.status = answer.status;
  complaint.code = one_line(element(answer.body, "Code"));
  complaint.message = one_line(element(answer.body, "Message"));
  if (complaint.message.size() > k_longest_words) {
    complaint.message.clear();
  }
  complaint.region = std::string(answer.header("x-amz-bucket-region").value_or(""));
  if (complaint.region.empty()) {
    complaint.region = element(answer.body, "Region");
  }
  constexpr std::string_view k_of_regions =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  if (complaint.code.size() > k_longest_words ||
      complaint.code.find_first_of(" \t") != std::string::npos) {
    complaint.code.clear();
  }
  if (complaint.region.size() > 64 ||
      complaint.region.find_first_not_of(k_of_regions) != std::string::npos) {
    complaint.region.clear();
  }
  return complaint;
}

JobError error_of(const StoreComplaint& complaint, const AskedOf& asked,
                  std::optional<std::chrono::milliseconds> retry_after) {
  if (is_transient(complaint)) {
    return {ErrorClass::transient, error_code::k_unavailable,
            fmt::format("{} cannot answer for {} just now{}", asked.server, asked.bucket,
                        in_its_words(complaint, asked)),
            retry_after};
  }
  const Finding finding = finding_of(complaint, asked);
  return permanent_error(finding.code, finding.sentence + in_its_words(complaint, asked));
}

std::optional<TimePoint> parse_http_date(std::string_view text) {
  std::tm time{};
  const std::string whole(text);
  const char* const end = strptime(whole.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &time);
  if (end == nullptr || *end != '\0') {
    return std::nullopt;
  }
  return TimePoint(std::chrono::seconds(timegm(&time)));
}

std::optional<std::chrono::milliseconds> retry_after_of(const HttpAnswer& answer, TimePoint now) {
  constexpr std::chrono::minutes k_longest{5}; // no server keeps a run for longer
  const auto text = answer.header("retry-after");
  if (!text) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), seconds);
  std::chrono::milliseconds delay{0};
  if (error == std::errc() && end == text->data() + text->size()) {
    delay = std::chrono::seconds(std::clamp<std::int64_t>(seconds, 0, 3600));
  } else if (const auto date = parse_http_date(*text)) {
    delay = std::chrono::ceil<std::chrono::milliseconds>(*date - now);
  } else {
    return std::nullopt;
  }
  return std::clamp<std::chrono::milliseconds>(delay, std::chrono::milliseconds{0}, k_longest);
}

bool asks_to_slow_down(int status) noexcept {
  return status == 429 || status == 503;
}

bool is_expired(const StoreComplaint& complaint) noexcept {
  return complaint.code == "ExpiredToken" || complaint.code == "ExpiredTokenException" ||
         complaint.code == "TokenRefreshRequired";
}

} // namespace nightshift::s3
