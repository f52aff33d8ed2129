// SPDX-License-Identifier: Apache-2.0
//
// Which keys are captures, by Antenna's rules in its order: not empty; ends with one of the
// extensions; no folder marker; found by the deployment's regular expression, if it has one. Then,
// ours: not found by `exclude`. Antenna's last rule, that an empty object is no capture,
// needs its size and follows when the listing tells it.
//
// As in Antenna an extension is a plain suffix, without a dot of its own ("foo_jpg" passes),
// and letter case does not matter. Lower case is ASCII's here, Antenna's is Unicode's; that
// makes no difference to its extensions, since the only other letters whose lower case is or holds
// an ASCII letter are the Kelvin sign (k, in none of them) and the dotted capital I (i and a
// combining dot, which then stands in the middle).

#pragma once

#include <nightshift/job_context.hpp>
#include <nightshift/object.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::data_storage_sync {

// Antenna's, in its order.
[[nodiscard]] std::vector<std::string> default_extensions();

// Any thread.
class CaptureFilter {
 public:
  // No extension accepts any suffix. The patterns are borrowed; null: none.
  CaptureFilter(std::vector<std::string> extensions, const Pattern* wanted,
                const Pattern* excluded);

  // Why the key that is `folder` and `name` together is no capture, or nothing if it is one.
  [[nodiscard]] std::optional<Skip> operator()(std::string_view folder,
                                               std::string_view name) const;

 private:
  [[nodiscard]] bool has_extension(std::string_view name) const noexcept;

  std::vector<std::string> extensions_; // in lower case
  const Pattern* wanted_;
  const Pattern* excluded_;
};

} // namespace nightshift::data_storage_sync
