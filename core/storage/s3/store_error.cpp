// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/store_error.hpp"

#include "core/base/text.hpp"
#include "core/storage/s3/harmless_words.hpp"
#include "core/storage/s3/page_text.hpp"

#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <ctime>

namespace nightshift::s3 {

namespace {

constexpr std::size_t k_longest_words = 200;

// The text of the first element of that name in a short document, for people.
std::string element(std::string_view xml, std::string_view name) {
  const std::string open = fmt::format("<{}>", name);
  const std::size_t begin = xml.find(open);
  if (begin == std::string_view::npos) {
    return "";
  }
  std::string_view rest = xml.substr(begin + open.size());
  rest = rest.substr(0, rest.find('<'));
  std::string text;
  return one_line(printable_key(append_unescaped(text, rest) ? text : rest));
}

bool is_web_page(const HttpAnswer& answer) {
  std::string begin = answer.body.substr(0, 1000);
  std::transform(begin.begin(), begin.end(), begin.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return begin.find("<html") != std::string::npos ||
         begin.find("<!doctype html") != std::string::npos;
}

bool is_one_of(std::string_view code, std::initializer_list<std::string_view> codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

bool is_denied(const StoreComplaint& complaint) {
  return complaint.status == 401 || complaint.status == 403 || is_expired(complaint) ||
         is_one_of(complaint.code,
                   {"AccessDenied", "AccountProblem", "AllAccessDisabled", "InvalidAccessKey",
                    "InvalidAccessKeyId", "InvalidSecurity", "InvalidToken", "NotSignedUp",
                    "RequestTimeTooSkewed", "SignatureDoesNotMatch"});
}

bool is_moved(const StoreComplaint& complaint) {
  return (complaint.status >= 300 && complaint.status < 400) ||
         is_one_of(complaint.code,
                   {"PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
                    "IllegalLocationConstraintException"});
}

bool is_busy(const StoreComplaint& complaint) {
  return is_one_of(complaint.code, {"RequestTimeout", "InternalError", "SlowDown", "Throttling",
                                    "ThrottlingException", "ServiceUnavailable", "OperationAborted",
                                    "RequestThrottled", "TooManyRequests"});
}

// Of a status that says all is well nobody knows whether it will come again.
bool is_transient(const StoreComplaint& complaint) {
  const int status = complaint.status;
  if (status == 200) {
    return !is_denied(complaint) && !is_moved(complaint) && complaint.code != "NoSuchBucket";
  }
  return status == 408 || status == 425 || status == 429 ||
         (status >= 500 && status != 501 && status != 505) || is_busy(complaint);
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

std::string harmless(const std::string& words, const AskedOf& asked) {
  const bool is_signed = asked.access != nullptr && asked.access->credentials;
  return harmless_words(words, is_signed ? &*asked.access->credentials : nullptr);
}

// " (403 AccessDenied: Access Denied)"
std::string in_its_words(const StoreComplaint& complaint, const AskedOf& asked) {
  const std::string code = harmless(complaint.code, asked);
  const std::string message = harmless(complaint.message, asked);
  return fmt::format(" ({}{}{}{}{}{})", complaint.status, code.empty() ? "" : " ", code,
                     message.empty() ? "" : ": ", message,
                     complaint.is_web_page ? ", a web page" : "");
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
  const std::string region = harmless(complaint.region, asked);
  return {error_code::k_config,
          region.empty()
              ? fmt::format("bucket {} is not at {}: set endpoint_url to where it is", asked.bucket,
                            asked.server)
              : fmt::format("bucket {} at {} is in the region {}: set region, and with it "
                            "endpoint_url if one is given",
                            asked.bucket, asked.server, region)};
}

// Of an answer that is not the store's.
Finding stranger_finding(const StoreComplaint& complaint, const AskedOf& asked) {
  return {
      error_code::k_unavailable,
      complaint.status == 407
          ? fmt::format("the proxy to {} wants a name and a password: put them into http_proxy, "
                        "or name the server in no_proxy",
                        asked.server)
          : fmt::format("not the store answers at {} but something between, or another service: "
                        "check endpoint_url, and the proxies that http_proxy and https_proxy "
                        "name",
                        asked.server)};
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
  if (complaint.status == 407 || (complaint.is_web_page && complaint.status != 404)) {
    return stranger_finding(complaint, asked);
  }
  if (is_moved(complaint)) {
    return moved_finding(complaint, asked);
  }
  if (is_denied(complaint) ||
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
          fmt::format("{} does not do what it was asked for {}: see its log, or ask who runs it",
                      asked.server, what_of(asked))};
}

} // namespace

bool is_complaint(std::string_view body) noexcept {
  const auto skip_to = [&body](std::string_view what) {
    body.remove_prefix(std::min(body.find(what), body.size()));
  };
  skip_to("<");
  while (body.starts_with("<?") || body.starts_with("<!")) { // before the root
    skip_to(body.starts_with("<!--") ? "-->" : ">");
    skip_to("<");
  }
  constexpr std::string_view k_name = "<Error";
  return body.starts_with(k_name) && body.find_first_of("> \t\r\n") == k_name.size();
}

StoreComplaint read_complaint(const HttpAnswer& answer) {
  constexpr std::size_t k_longest_region = 64;
  constexpr std::string_view k_of_regions =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  StoreComplaint complaint;
  complaint.status = answer.status;
  complaint.code = element(answer.body, "Code");
  complaint.message = element(answer.body, "Message");
  complaint.argument = element(answer.body, "ArgumentName");
  complaint.region = std::string(answer.header("x-amz-bucket-region").value_or(""));
  complaint.is_web_page = is_web_page(answer);
  if (complaint.region.empty()) {
    complaint.region = element(answer.body, "Region");
  }
  if (complaint.message.size() > k_longest_words) {
    complaint.message.clear();
  }
  if (complaint.code.size() > k_longest_words || complaint.code.find(' ') != std::string::npos) {
    complaint.code.clear();
  }
  if (complaint.region.size() > k_longest_region ||
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

bool asks_to_slow_down(const StoreComplaint& complaint) noexcept {
  return complaint.status == 429 || complaint.status == 503 || complaint.code == "SlowDown";
}

bool is_expired(const StoreComplaint& complaint) noexcept {
  return complaint.code == "ExpiredToken" || complaint.code == "ExpiredTokenException" ||
         complaint.code == "TokenRefreshRequired";
}

} // namespace nightshift::s3
