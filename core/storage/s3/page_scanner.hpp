// SPDX-License-Identifier: Apache-2.0
//
// The XML of one page of a listing, taken apart where it lies. A million keys pass through here in
// a fraction of a second, so no tree is built; and a general parser would refuse what some stores
// send (Ceph writes tokens with characters that XML 1.0 does not allow).

#pragma once

#include <string_view>
#include <vector>

namespace nightshift::s3 {

// All text is as it stands in the body, escapes included; without data, `data()` null, if the
// element was not there.
struct ScannedObject {
  std::string_view key;
  std::string_view size;
  std::string_view last_modified;
  std::string_view etag;
};

struct ScannedPage {
  std::vector<ScannedObject> objects;
  std::vector<std::string_view> prefixes; // of CommonPrefixes
  std::string_view bucket;
  std::string_view encoding_type;
  std::string_view is_truncated;
  std::string_view key_count;
  std::string_view next_token;  // v2
  std::string_view marker;      // v1
  std::string_view next_marker; // v1

  void clear();
};

// Take `body` apart into `page`, which refers to it. Elements may come in any order and namespace.
// Throws `JobError` if the body is no whole ListBucketResult: transient, unless it is an error of
// the store that will come again.
void scan_page(std::string_view body, ScannedPage& page);

} // namespace nightshift::s3
