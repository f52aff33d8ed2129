// SPDX-License-Identifier: Apache-2.0
//
// Python's `re` dialect, rewritten for RE2. Only whether a text matches is asked, never where or
// with which groups, so groups capture nothing and a lazy repeat is as good as a greedy one.
//
// Python's `$` (without the multi-line flag) matches at the end and before a newline at the end;
// RE2 has only "at the end" and "before any newline". We use the latter. So that it does not match
// before the other newlines, the searched text must have them replaced by `k_inner_newline`, which
// every translated character class treats as a newline.

#pragma once

#include <string>
#include <string_view>

namespace nightshift {

struct TranslatedRegex {
  std::string re2_text;
  bool needs_inner_newlines = false; // see above
};

// Throws `bad_data` where Python's re.compile() would, `unsupported` where only RE2 cannot follow.
[[nodiscard]] TranslatedRegex translate_regex(std::string_view regex);

} // namespace nightshift
