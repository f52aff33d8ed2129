// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/page_scanner.hpp"

#include "core/storage/s3/answer_error.hpp"
#include "core/storage/s3/xml_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace nightshift::s3 {

namespace {

// Which member an element's text goes to.
template <class Owner>
struct Field {
  std::string_view name;
  std::string_view Owner::*member;
};

constexpr std::array<Field<ScannedObject>, 4> k_object_fields{
    {{"Key", &ScannedObject::key},
     {"LastModified", &ScannedObject::last_modified},
     {"ETag", &ScannedObject::etag},
     {"Size", &ScannedObject::size}}};

constexpr std::array<Field<ScannedPage>, 7> k_page_fields{
    {{"Name", &ScannedPage::bucket},
     {"EncodingType", &ScannedPage::encoding_type},
     {"IsTruncated", &ScannedPage::is_truncated},
     {"KeyCount", &ScannedPage::key_count},
     {"NextContinuationToken", &ScannedPage::next_token},
     {"Marker", &ScannedPage::marker},
     {"NextMarker", &ScannedPage::next_marker}}};

struct ScannedError {
  std::string_view code;
  std::string_view message;
};

constexpr std::array<Field<ScannedError>, 2> k_error_fields{
    {{"Code", &ScannedError::code}, {"Message", &ScannedError::message}}};

// Into the member that `fields` name, if they name one.
template <class Owner, std::size_t Count>
void scan_field(XmlScanner& scanner, const XmlElement& element,
                const std::array<Field<Owner>, Count>& fields, Owner& owner) {
  for (const Field<Owner>& field : fields) {
    if (element.is(field.name)) {
      if ((owner.*field.member).data() != nullptr) {
        throw_damaged("an element stands twice where it may once");
      }
      owner.*field.member = scanner.text(element);
      return;
    }
  }
  scanner.pass_over(element);
}

// The children of a page's first object, in their order. Stores write all objects alike, and to
// find what is expected takes two comparisons.
class ObjectLayout {
 public:
  void learn(const XmlElement& child) {
    const auto* const field =
        std::find_if(k_object_fields.begin(), k_object_fields.end(),
                     [&](const Field<ScannedObject>& known) { return child.is(known.name); });
    children_.push_back({fmt::format("<{}>", child.name), fmt::format("</{}>", child.name),
                         field != k_object_fields.end() ? field->member : nullptr});
  }

  // As far as an object goes along with it.
  void scan(XmlScanner& scanner, ScannedObject& object) const {
    for (const Child& child : children_) {
      const std::optional text = scanner.text_between(child.begin_tag, child.end_tag);
      if (!text) {
        return;
      }
      if (child.member != nullptr) {
        object.*child.member = *text;
      }
    }
  }

 private:
  struct Child {
    std::string begin_tag;
    std::string end_tag;
    std::string_view ScannedObject::*member;
  };

  std::vector<Child> children_;
};

void scan_object(XmlScanner& scanner, const XmlElement& element, ScannedPage& page,
                 ObjectLayout& layout) {
  const bool is_first = page.objects.empty();
  ScannedObject& object = page.objects.emplace_back();
  if (!element.empty) {
    layout.scan(scanner, object);
  }
  scanner.each_child(element, [&](const XmlElement& child) {
    if (is_first) {
      layout.learn(child);
    }
    scan_field(scanner, child, k_object_fields, object);
  });
}

void scan_prefixes(XmlScanner& scanner, const XmlElement& element, ScannedPage& page) {
  scanner.each_child(element, [&](const XmlElement& child) {
    if (child.is("Prefix")) {
      page.prefixes.push_back(scanner.text(child));
    } else {
      scanner.pass_over(child);
    }
  });
}

void scan_listing(XmlScanner& scanner, const XmlElement& root, ScannedPage& page) {
  ObjectLayout layout;
  scanner.each_child(root, [&](const XmlElement& child) {
    if (child.is("Contents")) {
      scan_object(scanner, child, page, layout);
    } else if (child.is("CommonPrefixes")) {
      scan_prefixes(scanner, child, page);
    } else {
      scan_field(scanner, child, k_page_fields, page);
    }
  });
  scanner.expect_end();
}

[[noreturn]] void throw_store_error(XmlScanner& scanner, const XmlElement& root) {
  ScannedError error;
  scanner.each_child(
      root, [&](const XmlElement& child) { scan_field(scanner, child, k_error_fields, error); });
  throw_error_in_answer(error.code, error.message);
}

} // namespace

void ScannedPage::clear() {
  objects.clear();
  prefixes.clear();
  bucket = encoding_type = is_truncated = key_count = next_token = marker = next_marker = {};
}

void scan_page(std::string_view body, ScannedPage& page) {
  page.clear();
  check_looks_like_xml(body);
  XmlScanner scanner(body);
  scanner.skip_prolog();
  const XmlElement root = scanner.open_root();
  if (root.is("Error")) {
    throw_store_error(scanner, root);
  }
  if (!root.is("ListBucketResult")) {
    throw_no_listing(root.name);
  }
  scan_listing(scanner, root, page);
}

} // namespace nightshift::s3
