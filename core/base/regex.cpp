// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex.hpp"

#include "core/base/regex_char_set.hpp"
#include "core/base/regex_translator.hpp"
#include "core/base/text.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

namespace nightshift {

namespace {

// RE2's budget for the program and, while searching, for its states; when the states outgrow it,
// matching becomes slower but stays linear.
constexpr std::int64_t k_memory = std::int64_t{8} << 20U;

constexpr std::string_view k_replacement = "\uFFFD";
constexpr std::string_view k_inner_newline_utf8 = "\U0010FFFF";

RE2::Options options() {
  RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  options.set_max_mem(k_memory);
  return options;
}

bool is_plain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80 && c != '\n'; });
}

class Re2Pattern final : public Pattern {
 public:
  Re2Pattern(const TranslatedRegex& translated)
      : re2_(translated.re2_text, options()),
        needs_inner_newlines_(translated.needs_inner_newlines) {}

  [[nodiscard]] const RE2& re2() const noexcept { return re2_; }

  [[nodiscard]] bool found_in(std::string_view text) const override {
    return RE2::PartialMatch(is_plain(text) ? text : searchable(text), re2_);
  }

 private:
  // Valid UTF-8, with its newlines as the translation wants them.
  [[nodiscard]] std::string searchable(std::string_view text) const {
    std::string result;
    while (!text.empty()) {
      const std::size_t length = utf8_length(text);
      if (length == 0) {
        result += k_replacement;
      } else if (needs_inner_newlines_ && text.front() == '\n' && text.size() > 1) {
        result += k_inner_newline_utf8;
      } else {
        result += text.substr(0, length);
      }
      text.remove_prefix(std::max<std::size_t>(length, 1));
    }
    return result;
  }

  RE2 re2_;
  bool needs_inner_newlines_;
};

} // namespace

std::unique_ptr<Pattern> compile_regex(std::string_view regex) {
  auto pattern = std::make_unique<Re2Pattern>(translate_regex(regex));
  if (!pattern->re2().ok()) {
    // What is left are RE2's limits: too many nested repeats, or too large a program.
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("cannot use the regular expression \"{}\": it is too large "
                                      "({}); repeat less",
                                      one_line(printable_key(regex)), pattern->re2().error()));
  }
  return pattern;
}

} // namespace nightshift
