// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/storage.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace nightshift {

// What a look into a storage found first.
struct FirstObject {
  // A regular expression may match none of many millions.
  static constexpr std::int64_t k_most_looked_at = 100'000;

  std::optional<std::string> key; // nothing: there is none among those looked at
  std::int64_t looked_at = 0;     // objects, of which only names are known
};

// List what is below `subdir` ("": all) until an object comes whose key holds a match of `regex`
// ("": any). Throws `JobError` as `Storage::list` does, and `denied` if the folder may not be read.
[[nodiscard]] FirstObject find_first_object(Storage& storage, const std::string& subdir,
                                            const std::string& regex);

} // namespace nightshift
