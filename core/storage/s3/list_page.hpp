// SPDX-License-Identifier: Apache-2.0
//
// One page of a listing (ListObjectsV2 or ListObjects), which counts only when it is proven whole:
// a listing that silently ends early, or leaves out a page, would mark captures as missing.

#pragma once

#include "core/storage/s3/page_scanner.hpp"

#include <nightshift/error.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace nightshift::s3 {

// Of a listing's tokens, so that a million pages' need no more than a few bytes each.
using TokenHashes = std::unordered_set<std::size_t>;

[[nodiscard]] inline std::size_t hash_of_token(const std::string& token) noexcept {
  return std::hash<std::string>{}(token);
}

// What a page is held against. Keys are whole keys of the bucket.
struct AskedPage {
  std::string_view prefix = {};
  std::string_view delimiter = {};
  std::string_view after =
      {}; // where the page begins: start_after, or what the last one ended with
  bool is_v1 = false;
  const TokenHashes* tokens = nullptr; // of the pages before; its own must be another
};

// The answer to ListObjectsV2 is one of ListObjects: the store knows only that, and has paid no
// heed to where the page was to begin. For whoever can ask in that way.
class OldAnswer : public JobError {
 public:
  OldAnswer();
};

struct TextSpan {
  std::uint32_t offset = 0;
  std::uint32_t length = 0;
};

// Keys and etags share one text.
class ListPage {
 public:
  struct Object {
    TextSpan key;
    TextSpan etag;                  // without its quotes
    std::int64_t size = 0;          // bytes
    std::int64_t last_modified = 0; // nanoseconds since 1970-01-01T00:00:00Z
  };

  // Ascending.
  [[nodiscard]] const std::vector<Object>& objects() const noexcept { return objects_; }

  [[nodiscard]] std::string_view key(const Object& object) const noexcept {
    return text_of(object.key);
  }

  [[nodiscard]] std::string_view etag(const Object& object) const noexcept {
    return text_of(object.etag);
  }

  [[nodiscard]] std::size_t prefix_count() const noexcept { return prefixes_.size(); }

  // Of CommonPrefixes, ascending.
  [[nodiscard]] std::string_view prefix(std::size_t i) const noexcept {
    return text_of(prefixes_[i]);
  }

  // The greatest of keys and prefixes; "" on an empty page.
  [[nodiscard]] std::string_view last() const noexcept;

  [[nodiscard]] bool empty() const noexcept { return objects_.empty() && prefixes_.empty(); }

  // Whether more pages come.
  [[nodiscard]] bool is_truncated() const noexcept { return truncated_; }

  // What asks for the next page, if there is one: with v2, byte for byte; "" with v1.
  [[nodiscard]] const std::string& token() const noexcept { return token_; }

  // The key after which the next page begins; with v1, what asks for it.
  [[nodiscard]] const std::string& next_after() const noexcept { return next_after_; }

 private:
  friend class PageReader;

  [[nodiscard]] std::string_view text_of(TextSpan span) const noexcept {
    return {text_.data() + span.offset, span.length};
  }

  std::string text_;
  std::vector<Object> objects_;
  std::vector<TextSpan> prefixes_;
  bool truncated_ = false;
  std::string token_;
  std::string next_after_;
};

// Reads pages one after the other, into the same memory.
class PageReader {
 public:
  // Take `body` apart, prove it to be the whole page that was `asked` for, and decode it. The page
  // is valid until the next call. Throws `JobError`, with a sentence that says what to check:
  // transient, but for what will come again, such as a store that lists in no order. Throws
  // `OldAnswer`.
  const ListPage& read(std::string_view body, const AskedPage& asked);

  [[nodiscard]] const ListPage& page() const noexcept { return page_; }

 private:
  void refuse_old_answer(const AskedPage& asked) const;
  void decode();
  void decode_object(const ScannedObject& scanned);
  [[nodiscard]] TextSpan decode_text(std::string_view raw, bool is_key);
  void append_decoded(std::string_view raw, bool is_url_encoded);
  [[nodiscard]] TextSpan decode_etag(std::string_view raw);
  void prove(const AskedPage& asked) const;
  void prove_order(const AskedPage& asked) const;
  void find_next(const AskedPage& asked);
  [[nodiscard]] std::string read_token(const AskedPage& asked) const;
  [[nodiscard]] std::string read_marker(const AskedPage& asked) const;

  ScannedPage scanned_;
  ListPage page_;
  bool is_url_encoded_ = false;
};

} // namespace nightshift::s3
