// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/list_page.hpp"

#include "core/base/bytes.hpp"
#include "core/base/text.hpp"
#include "core/storage/decode_url.hpp"
#include "core/storage/s3/answer_error.hpp"
#include "core/storage/s3/page_text.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <optional>

namespace nightshift::s3 {

namespace {

// More than any store takes in one object, and little enough for sums of many.
constexpr std::int64_t k_largest_object = std::int64_t{1} << 50U;

std::string shown(std::string_view key) {
  return one_line(printable_key(key));
}

bool parse_flag(std::string_view text) {
  if (text != "true" && text != "false") {
    throw_damaged("it does not say whether more pages come (IsTruncated)");
  }
  return text == "true";
}

bool parse_encoding(std::string_view text) {
  if (!text.empty() && text != "url") {
    throw_damaged(fmt::format("its keys are encoded as '{}', which is unknown", shown(text)));
  }
  return !text.empty();
}

std::string_view without_quotes(std::string_view raw) noexcept {
  constexpr std::array<std::string_view, 2> k_quotes{"\"", "&quot;"};
  for (const std::string_view quote : k_quotes) {
    if (raw.size() >= 2 * quote.size() && raw.starts_with(quote) && raw.ends_with(quote)) {
      return raw.substr(quote.size(), raw.size() - 2 * quote.size());
    }
  }
  return raw;
}

[[noreturn]] void throw_unordered() {
  throw permanent_error(
      error_code::k_unsupported,
      "comes in no order, as directory buckets list; a listing that can be proven "
      "complete needs keys in ascending order: use a general purpose bucket, or list it elsewhere "
      "and give the manifest as the source");
}

[[noreturn]] void throw_repeated(std::string_view first, std::string_view after) {
  throw_damaged(
      fmt::format("a page that was to begin after {} begins with {}; if the store repeats "
                  "pages whenever keys are encoded, set url_encoding: false",
                  shown(after), shown(first)));
}

// Whether `key`, found below a delimiter, may be listed after `after`: a store may begin with the
// prefix that `after` lies in.
bool is_beyond(std::string_view prefix, std::string_view after) noexcept {
  return prefix > after || (prefix != after && after.starts_with(prefix));
}

} // namespace

OldAnswer::OldAnswer()
    : JobError(
          ErrorClass::permanent, error_code::k_unsupported,
          "the store lists in the old way when it is asked to in the new one: set list_version: "
          "v1") {}

std::string_view ListPage::last() const noexcept {
  const std::string_view last_key = objects_.empty() ? std::string_view() : key(objects_.back());
  const std::string_view last_prefix =
      prefixes_.empty() ? std::string_view() : text_of(prefixes_.back());
  return std::max(last_key, last_prefix);
}

const ListPage& PageReader::read(std::string_view body, const AskedPage& asked) {
  try {
    scan_page(body, scanned_);
    refuse_old_answer(asked);
    decode();
    prove(asked);
    find_next(asked);
  } catch (const OldAnswer&) {
    throw;
  } catch (const JobError& error) {
    const std::string where = asked.prefix.empty() ? "the bucket" : shown(asked.prefix);
    throw JobError(error.error_class(), error.code(),
                   fmt::format("the store's listing of {} {}", where, error.what()));
  }
  return page_;
}

// All answers of v1 have a Marker, and none has what v2 brought. One page is enough to know: the
// next may be asked for by what v1 does not know.
void PageReader::refuse_old_answer(const AskedPage& asked) const {
  const auto has = [](std::string_view element) { return element.data() != nullptr; };
  if (!asked.is_v1 && (has(scanned_.marker) || has(scanned_.next_marker)) &&
      !has(scanned_.key_count) && !has(scanned_.next_token)) {
    throw OldAnswer();
  }
}

void PageReader::decode() {
  page_.text_.clear();
  page_.objects_.clear();
  page_.prefixes_.clear();
  page_.truncated_ = parse_flag(scanned_.is_truncated);
  is_url_encoded_ = parse_encoding(scanned_.encoding_type);
  for (const ScannedObject& object : scanned_.objects) {
    decode_object(object);
  }
  for (const std::string_view prefix : scanned_.prefixes) {
    page_.prefixes_.push_back(decode_text(prefix, true));
  }
}

void PageReader::decode_object(const ScannedObject& scanned) {
  const std::optional size = parse_count(scanned.size);
  const std::optional last_modified = parse_last_modified(scanned.last_modified);
  if (scanned.key.empty() || !size || !last_modified) {
    throw_damaged(fmt::format("it tells no {} of an object", scanned.key.empty() ? "Key"
                                                             : !size             ? "Size"
                                                                                 : "LastModified"));
  }
  if (*size > k_largest_object) {
    throw_damaged(fmt::format("it tells a Size of {} bytes, which no object has", *size));
  }
  const TextSpan key = decode_text(scanned.key, true);
  page_.objects_.push_back({key, decode_etag(scanned.etag), *size, *last_modified});
}

TextSpan PageReader::decode_text(std::string_view raw, bool is_key) {
  std::string& text = page_.text_;
  const std::size_t begin = text.size();
  if (has_any_of<'&', '%', '+'>(raw)) {
    append_decoded(raw, is_key && is_url_encoded_);
  } else { // as nearly all
    text.append(raw);
  }
  if (text.size() > std::numeric_limits<std::uint32_t>::max()) {
    throw_damaged("it is larger than any page can be");
  }
  return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(text.size() - begin)};
}

void PageReader::append_decoded(std::string_view raw, bool is_url_encoded) {
  std::string& text = page_.text_;
  const std::size_t begin = text.size();
  if (!append_unescaped(text, raw)) {
    throw_damaged(fmt::format("'{}' holds what is no escape in XML", shown(raw)));
  }
  if (is_url_encoded && !decode_url(text, begin)) {
    throw_damaged(fmt::format("'{}' is not url-encoded, though it should be", shown(raw)));
  }
}

TextSpan PageReader::decode_etag(std::string_view raw) {
  return decode_text(without_quotes(raw), false);
}

void PageReader::prove(const AskedPage& asked) const {
  if (scanned_.bucket.ends_with("--x-s3")) {
    throw_unordered();
  }
  const std::size_t count = page_.objects_.size() + page_.prefixes_.size();
  if (const std::string_view told = scanned_.key_count;
      told.data() != nullptr && parse_count(told) != static_cast<std::int64_t>(count)) {
    throw_damaged(fmt::format("it says to hold {} keys and holds {}", shown(told), count));
  }
  for (const ListPage::Object& object : page_.objects_) {
    if (!page_.key(object).starts_with(asked.prefix)) {
      throw_damaged(fmt::format("it holds {}, which was not asked for", shown(page_.key(object))));
    }
  }
  for (std::size_t i = 0; i < page_.prefix_count(); ++i) {
    const std::string_view prefix = page_.prefix(i);
    if (asked.delimiter.empty() || prefix.size() <= asked.prefix.size() ||
        !prefix.starts_with(asked.prefix) || !prefix.ends_with(asked.delimiter)) {
      throw_damaged(fmt::format("it holds {}, which was not asked for", shown(prefix)));
    }
  }
  prove_order(asked);
}

void PageReader::prove_order(const AskedPage& asked) const {
  const auto& objects = page_.objects_;
  if (!objects.empty() && page_.key(objects.front()) <= asked.after) {
    throw_repeated(page_.key(objects.front()), asked.after);
  }
  if (page_.prefix_count() != 0 && !is_beyond(page_.prefix(0), asked.after)) {
    throw_repeated(page_.prefix(0), asked.after);
  }
  int descents = 0;
  for (std::size_t i = 1; i < objects.size(); ++i) {
    descents += page_.key(objects[i - 1]) < page_.key(objects[i]) ? 0 : 1;
  }
  for (std::size_t i = 1; i < page_.prefix_count(); ++i) {
    descents += page_.prefix(i - 1) < page_.prefix(i) ? 0 : 1;
  }
  // A damaged byte puts one key out of order at most.
  if (descents > 1) {
    throw_unordered();
  }
  if (descents == 1) {
    throw_damaged("its keys do not ascend");
  }
}

void PageReader::find_next(const AskedPage& asked) {
  page_.token_.clear();
  page_.next_after_ = page_.empty() ? asked.after : page_.last();
  if (!page_.truncated_) {
    if (!asked.is_v1 && !scanned_.next_token.empty()) {
      throw_damaged("it says that no more pages come, and what asks for the next one "
                    "(NextContinuationToken)");
    }
    return;
  }
  if (!asked.is_v1) {
    page_.token_ = read_token(asked);
  } else if (page_.empty()) {
    page_.next_after_ = read_marker(asked);
  }
}

std::string PageReader::read_token(const AskedPage& asked) const {
  std::string token;
  if (!append_unescaped(token, scanned_.next_token) || token.empty()) {
    throw_damaged("it says that more pages come, but not what asks for them "
                  "(NextContinuationToken)");
  }
  if (asked.tokens != nullptr && asked.tokens->count(hash_of_token(token)) != 0) {
    throw_damaged("it asks for a page that was there before (NextContinuationToken)");
  }
  return token;
}

// Stores differ in whether they encode a marker, and one read wrongly would leave keys out.
std::string PageReader::read_marker(const AskedPage& asked) const {
  std::string marker;
  const bool is_sound = append_unescaped(marker, scanned_.next_marker) && marker > asked.after;
  if (!is_sound || (is_url_encoded_ && marker.find_first_of("%+") != std::string::npos)) {
    throw_damaged("it says that more pages come, but not where they begin (NextMarker)");
  }
  return marker;
}

} // namespace nightshift::s3
