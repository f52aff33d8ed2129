// SPDX-License-Identifier: Apache-2.0
//
// Regular expressions in the dialect of Antenna (Python 3's `re` on text), matched by RE2 in
// time linear in the text whatever the pattern. What cannot be matched that way is refused by name:
// lookahead, lookbehind, backreferences, conditionals, atomic groups, possessive repeats. What
// means something else to RE2 is translated: \d, \w and \s are Unicode's, `$` also matches before
// a final newline, \Z is the very end, "[[:digit:]]" is no class. One thing stays RE2's: \b and \B
// know ASCII words only, so that to them "é" is no letter.
//
// Source for the dialect: the Python 3.11 manual of `re`, and tests/data/oracle/filter_keys.

#pragma once

#include <nightshift/job_context.hpp>

#include <memory>
#include <string_view>

namespace nightshift {

// Throws `JobError` (`bad_data`, or `unsupported` where Python would take it and we do not): one
// sentence with the construct, where it stands, and what to do. Bytes that are no valid UTF-8 in
// the searched text count as U+FFFD.
[[nodiscard]] std::unique_ptr<Pattern> compile_regex(std::string_view regex);

} // namespace nightshift
