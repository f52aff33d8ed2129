// SPDX-License-Identifier: Apache-2.0
//
// What a cut, or a byte that changed on its way, does to a page.

#include "core/storage/s3/list_page.hpp"
#include "tests/support/fake_page_source.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <rapidcheck.h>

#include <optional>
#include <string>
#include <utility>

namespace nightshift::s3 {
namespace {

// All that a page says.
struct Contents {
  std::vector<std::string> objects;
  std::vector<std::string> prefixes;
  bool is_truncated = false;
  std::string token;
  std::string next_after;

  friend bool operator==(const Contents&, const Contents&) = default;
};

Contents contents_of(const ListPage& page) {
  Contents contents;
  for (const ListPage::Object& object : page.objects()) {
    contents.objects.push_back(fmt::format("{} {} {} {}", page.key(object), page.etag(object),
                                           object.size, object.last_modified));
  }
  for (std::size_t i = 0; i < page.prefix_count(); ++i) {
    contents.prefixes.emplace_back(page.prefix(i));
  }
  contents.is_truncated = page.is_truncated();
  contents.token = page.token();
  contents.next_after = page.next_after();
  return contents;
}

struct Answer {
  std::string body;
  std::string prefix;
  std::string delimiter;
  bool is_v1 = false;

  // Nothing if it is refused, as something that may go away.
  [[nodiscard]] std::optional<Contents> read(const std::string& changed) const {
    PageReader reader;
    try {
      return contents_of(reader.read(changed, {prefix, delimiter, "", is_v1}));
    } catch (const JobError& error) {
      RC_ASSERT(error.error_class() == ErrorClass::transient);
      return std::nullopt;
    }
  }
};

Answer any_answer() {
  const tests::StoreDialect dialect = *rc::gen::elementOf(tests::store_dialects());
  tests::FakePageSource pages(dialect);
  const auto key =
      rc::gen::element<std::string>("a/1.jpg", "a/2.jpg", "a/b/1.jpg", "a/b c.jpg",
                                    "a/d/+%&<>\"\x01\r", "a/é/🦋", "a/\xFF", "a/z", "b", "a/");
  const auto keys = *rc::gen::resize(12, rc::gen::container<std::vector<std::string>>(key));
  for (const std::string& each : keys) {
    pages.put(each);
  }
  PageRequest request{.prefix = *rc::gen::element<std::string>("", "a/"),
                      .delimiter = *rc::gen::element<std::string>("", "/")};
  request.max_keys = *rc::gen::inRange(1, 12);
  return {pages.answer(request), request.prefix, request.delimiter, dialect.is_v1};
}

RC_GTEST_PROP(ListPageProperties, APageThatIsCutAnywhereIsRefused, ()) {
  const Answer answer = any_answer();
  RC_ASSERT(answer.read(answer.body).has_value());
  for (std::size_t size = 0; size < answer.body.size(); ++size) {
    RC_ASSERT(!answer.read(answer.body.substr(0, size)));
  }
}

// Whether the byte at `at` is markup, and not text of an element that tells of an object or of what
// comes next: no reader could know that such a text was another.
bool is_markup(const std::string& body, std::size_t at) {
  const std::size_t open = body.rfind('<', at);
  const std::size_t close = body.find('>', open);
  if (open == std::string::npos || at <= close) {
    return true;
  }
  for (const char* free :
       {"<Key>", "<Size>", "<LastModified>", "<ETag>", "<Prefix>", "<NextContinuationToken>"}) {
    if (body.compare(open, std::string(free).size(), free) == 0) {
      return false;
    }
  }
  return true;
}

RC_GTEST_PROP(ListPageProperties, AChangedByteLosesNoKeyAndEndsNoListing, ()) {
  const Answer answer = any_answer();
  const std::optional<Contents> whole = answer.read(answer.body);
  const auto bits = *rc::gen::inRange(1, 256);
  for (std::size_t at = 0; at < answer.body.size(); ++at) {
    std::string changed = answer.body;
    changed[at] = static_cast<char>(changed[at] ^ bits);
    const std::optional<Contents> read = answer.read(changed);
    if (read && is_markup(answer.body, at)) {
      RC_ASSERT(read == whole);
    } else if (read) {
      RC_ASSERT(read->objects.size() == whole->objects.size());
      RC_ASSERT(read->prefixes.size() == whole->prefixes.size());
      RC_ASSERT(read->is_truncated == whole->is_truncated);
    }
  }
}

RC_GTEST_PROP(ListPageProperties, NoBytesAtAllDoHarm, (const std::string& bytes)) {
  const std::string tags =
      *rc::gen::map(rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
                        "<ListBucketResult>", "</ListBucketResult>", "<Contents>", "</Contents>",
                        "<Key>", "</Key>", "<Prefix/>", "<!--", "-->", "<?xml", "?>", "<", ">", "/",
                        "&", "a", " ", "\"", "<Error>", "</Error>", "<Code>")),
                    [](const std::vector<std::string>& pieces) {
                      return fmt::format("{}", fmt::join(pieces, ""));
                    });
  for (const std::string& body : {bytes, tags, "<ListBucketResult>" + tags}) {
    const Answer answer{body, "", "", false};
    RC_ASSERT(!answer.read(body).has_value());
  }
}

} // namespace
} // namespace nightshift::s3
