// SPDX-License-Identifier: Apache-2.0
//
// A bucket of as many captures as one likes, none of which is stored: its keys are computed from
// their place in the order of keys, and found again by bisection.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nightshift::tests {

struct BucketShape {
  std::uint64_t objects = 0;
  std::uint64_t cameras = 1; // folders "camera-000/" and on, at most 1,000
  std::uint64_t nights = 1;  // folders "night-0000/" and on in each, at most 10,000
};

// The parameters of ListObjects or ListObjectsV2, unescaped.
struct ListParameters {
  std::string prefix = {};
  std::string delimiter = {};
  std::string after = {}; // start-after, or v1's marker
  std::string token = {};
  std::uint64_t max_keys = 1000;
  bool v2 = true;
  bool url_encoding = false;
};

class GeneratedBucket {
 public:
  explicit GeneratedBucket(BucketShape shape);

  [[nodiscard]] std::uint64_t size() const noexcept { return shape_.objects; }

  // The key at a place, from 0 on: "camera-007/night-0003/20240604200012-snapshot.jpg". Ascending.
  [[nodiscard]] std::string key(std::uint64_t place) const;

  // The first place with a key that is not before `bound`; `size()` if there is none.
  [[nodiscard]] std::uint64_t place_of(std::string_view bound) const;

  // The answer to a listing: an XML document as Amazon's. Tokens are places.
  [[nodiscard]] std::string list(const ListParameters& parameters) const;

 private:
  struct Selection;

  void append_key(std::uint64_t place, std::string& to) const;
  void append_contents(std::uint64_t place, const std::string& key, std::string& to) const;
  [[nodiscard]] std::uint64_t first_place(const ListParameters& parameters) const;
  [[nodiscard]] Selection select(const ListParameters& parameters) const;

  BucketShape shape_;
  std::uint64_t in_folder_; // captures in each but the last
};

} // namespace nightshift::tests
