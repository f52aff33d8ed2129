// SPDX-License-Identifier: Apache-2.0
//
// Where to cut a space of keys of which only a stretch was seen. Names of captures are counters,
// dates and hashes behind a common beginning, so the bytes that were seen at a place say which may
// stand there, and keys can be reckoned with like numbers whose digits have a base each. A guess
// that is wrong costs a request for a piece that is empty, and the next one is nearer.

#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::s3 {

struct KeySpace {
  std::string_view after;
  std::string_view until;  // "": to the end of `folder`
  std::string_view folder; // that holds all of it, as far as is known
};

// At most `most` keys that cut `space` into pieces, ascending; none where pieces would be smaller
// than a page at the rate that `seen` tells: the keys of the page that ended with `space.after`,
// ascending. Where they differ from one another they are printable ASCII, as some stores take
// nothing else.
[[nodiscard]] std::vector<std::string>
interpolate(const KeySpace& space, std::span<const std::string_view> seen, std::size_t most);

} // namespace nightshift::s3
