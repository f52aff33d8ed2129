// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_translator.hpp"

#include "core/base/regex_char_set.hpp"
#include "core/base/regex_class.hpp"
#include "core/base/regex_flags.hpp"
#include "core/base/regex_source.hpp"

#include <fmt/format.h>

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace nightshift {

namespace {

constexpr std::size_t k_deepest = 200;       // groups within groups; RE2 and the stack take more
constexpr std::size_t k_most_repeats = 1000; // RE2's limit
constexpr std::string_view k_use_exclude = "give what to leave out as the parameter \"exclude\" of "
                                           "data_storage_sync, which takes a regular "
                                           "expression";

enum class Kind { plain, assertion, repeated };

// A part of a sequence. Its text stands by itself: a repeat after it applies to all of it.
struct Item {
  std::string text;
  Kind kind = Kind::plain;
};

bool is_digit(char32_t c) {
  return c >= '0' && c <= '9';
}

// About what Python calls an identifier.
bool is_identifier(const std::u32string& name) {
  const auto is_letter = [](char32_t c) {
    return c == '_' ||
           (utf8proc_category(static_cast<utf8proc_int32_t>(c)) >= UTF8PROC_CATEGORY_LU &&
            utf8proc_category(static_cast<utf8proc_int32_t>(c)) <= UTF8PROC_CATEGORY_LO);
  };
  const auto continues = [&](char32_t c) {
    const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(c));
    return is_letter(c) || (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_NL);
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(), continues);
}

class Translator {
 public:
  explicit Translator(std::string_view regex) : source_(regex) {}

  TranslatedRegex translate() {
    const RegexFlags flags = global_flags();
    std::string text = alternatives(flags);
    if (!source_.at_end()) {
      source_.fail(source_.position(), "a \")\" closes nothing");
    }
    if (final_end_at_ && line_anchor_at_) {
      source_.refuse(*final_end_at_, "a \"$\" of another meaning than the rest",
                     "use (?m) for all of the regular expression or for none of it");
    }
    return {fmt::format("{}{})", opening(flags), text), final_end_at_.has_value()};
  }

 private:
  [[nodiscard]] static std::string_view opening(const RegexFlags& flags) {
    return flags.ignore_case && !flags.ascii ? "(?i:" : "(?-i:";
  }

  // "(?i)" and the like, which Python takes only at the very beginning.
  RegexFlags global_flags() {
    RegexFlags flags;
    for (;;) {
      const std::size_t start = source_.position();
      if (flags.verbose && skips_blank()) {
        continue;
      }
      if (source_.skip(U"(?#")) {
        skip_comment(start);
        continue;
      }
      RegexFlags changed = flags;
      if (!source_.skip(U"(?") || !is_one_of(source_.peek(), U"aiLmsux") ||
          read_flags(source_, changed, start)) {
        source_.go_back_to(start);
        return flags;
      }
      flags = changed;
    }
  }

  // Up to a ")" or the end.
  std::string alternatives(const RegexFlags& flags) {
    std::string text = sequence(flags);
    while (source_.skip(U"|")) {
      text.append("|").append(sequence(flags));
    }
    return text;
  }

  std::string sequence(const RegexFlags& flags) {
    std::vector<Item> items;
    while (!source_.at_end() && !is_one_of(source_.peek(), U"|)")) {
      const std::size_t start = source_.position();
      if (flags.verbose && skips_blank()) {
        continue;
      }
      if (source_.skip(U"(?#")) {
        skip_comment(start);
      } else if (const auto suffix = repeat()) {
        add_repeat(items, *suffix, start);
      } else {
        items.push_back(item(flags));
      }
    }
    std::string text;
    for (const Item& each : items) {
      text += each.text;
    }
    return text;
  }

  Item item(const RegexFlags& flags) {
    const std::size_t start = source_.position();
    switch (const char32_t c = source_.take()) {
    case '(':
      return group(flags, start);
    case '[':
      return {read_class(source_, flags, start)};
    case '\\':
      return escape(flags, start);
    case '^':
      line_anchor_at_ = flags.multi_line || line_anchor_at_;
      return {flags.multi_line ? "(?m:^)" : "\\A", Kind::assertion};
    case '$':
      if (flags.multi_line) {
        line_anchor_at_ = true;
      } else {
        final_end_at_ = start;
      }
      return {"(?m:$)", Kind::assertion};
    case '.':
      return {flags.dot_all ? "(?s:.)" : fmt::format("[^\\n{}]", re2_escape(k_inner_newline))};
    default:
      return {literal_text(c, flags)};
    }
  }

  Item escape(const RegexFlags& flags, std::size_t start) {
    const char32_t c = source_.take();
    switch (c) {
    case 'A':
      return {"\\A", Kind::assertion};
    case 'Z':
      return {"\\z", Kind::assertion};
    case 'b':
    case 'B':
      return {c == 'b' ? "\\b" : "\\B", Kind::assertion};
    default:
      break;
    }
    if (is_one_of(c, U"dwsDWS")) {
      CharSet set;
      set.add_class(static_cast<char>(c), flags.ascii);
      return {set.re2_text(false)};
    }
    if (c >= '1' && c <= '9') {
      return {literal_text(octal_character(c, start), flags)};
    }
    return {literal_text(read_escaped_character(source_, c, start), flags)};
  }

  // "\123" is a character; "\1" and "\12" refer back to a group.
  char32_t octal_character(char32_t first, std::size_t start) {
    std::size_t group = first - '0';
    if (is_digit(source_.peek())) {
      const char32_t second = source_.take();
      if (first <= '7' && second <= '7' && is_one_of(source_.peek(), U"01234567")) {
        return source_.take_octal((first - '0') * 8 + (second - '0'), 1);
      }
      group = group * 10 + (second - '0');
    }
    if (group > groups_) {
      source_.fail(start,
                   fmt::format("a backreference to group {}, which there is not, stands", group));
    }
    source_.refuse(start, "a backreference", "write out what may come twice");
  }

  // After "(".
  Item group(const RegexFlags& flags, std::size_t start) {
    if (!source_.skip(U"?")) {
      ++groups_;
      return group_content(flags, start);
    }
    if (source_.skip(U":")) {
      return group_content(flags, start);
    }
    if (source_.skip(U"P<")) {
      open_name(start);
      return group_content(flags, start);
    }
    refuse_extension(start);
    if (!at_flags(source_)) {
      source_.fail(start, "a \"(?\" of no meaning stands");
    }
    RegexFlags inner = flags;
    if (!read_flags(source_, inner, start)) {
      source_.fail(start,
                   "flags for the whole regular expression must stand at its beginning, not");
    }
    return group_content(inner, start);
  }

  Item group_content(const RegexFlags& flags, std::size_t start) {
    if (++depth_ > k_deepest) {
      source_.refuse(start, fmt::format("the {}th group within another", depth_),
                     "write it with fewer");
    }
    std::string text = alternatives(flags);
    --depth_;
    if (!source_.skip(U")")) {
      source_.fail(start, "a \"(\" is never closed; it stands");
    }
    return {fmt::format("{}{})", opening(flags), text)};
  }

  void open_name(std::size_t start) {
    std::u32string name = source_.take_until('>', "a group's name");
    if (!is_identifier(name) || std::find(names_.begin(), names_.end(), name) != names_.end()) {
      source_.fail(start, "a group's name that is none, or is taken, stands");
    }
    names_.push_back(std::move(name));
    ++groups_;
  }

  // After "(?".
  void refuse_extension(std::size_t start) {
    if (source_.skip(U"=")) {
      source_.refuse(start, "a lookahead \"(?=\"",
                     fmt::format("write the orders in which things may come as alternatives, or {}",
                                 k_use_exclude));
    }
    if (source_.skip(U"!")) {
      source_.refuse(start, "a lookahead \"(?!\"", k_use_exclude);
    }
    if (source_.skip(U"<=")) {
      source_.refuse(start, "a lookbehind \"(?<=\"", "write what must come before without it");
    }
    if (source_.skip(U"<!")) {
      source_.refuse(start, "a lookbehind \"(?<!\"", k_use_exclude);
    }
    if (source_.skip(U"P=")) {
      source_.refuse(start, "a backreference \"(?P=\"", "write out what may come twice");
    }
    if (source_.skip(U"(")) {
      source_.refuse(start, "a conditional \"(?(\"", "write both cases as alternatives");
    }
    if (source_.skip(U">")) {
      source_.refuse(start, "an atomic group \"(?>\"", "write \"(?:\"");
    }
  }

  // A repeat, if one comes next, for RE2.
  std::optional<std::string> repeat() {
    const char32_t c = source_.peek();
    if (c == '{') {
      return braces();
    }
    if (!is_one_of(c, U"*+?")) {
      return std::nullopt;
    }
    return std::string(1, static_cast<char>(source_.take()));
  }

  // "{2}", "{2,}", "{,3}", "{2,3}"; anything else is a "{" like any other character.
  std::optional<std::string> braces() {
    const std::size_t start = source_.position();
    source_.take();
    const bool empty = source_.peek() == '}';
    const auto least = source_.take_number();
    const bool comma = source_.skip(U",");
    const auto most = comma ? source_.take_number() : least;
    if (empty || !source_.skip(U"}")) {
      source_.go_back_to(start);
      return std::nullopt;
    }
    if (least && most && *most < *least) {
      source_.fail(start, "a repeat of at least more than at most stands");
    }
    if (std::max(least.value_or(0), most.value_or(0)) > k_most_repeats) {
      source_.refuse(start, fmt::format("a repeat of more than {} times", k_most_repeats),
                     R"(use "*" or "+")");
    }
    if (!most) {
      return fmt::format("{{{},}}", least.value_or(0));
    }
    return fmt::format("{{{},{}}}", least.value_or(0), *most);
  }

  void add_repeat(std::vector<Item>& items, const std::string& suffix, std::size_t start) {
    if (items.empty() || items.back().kind == Kind::assertion) {
      source_.fail(start, "there is nothing to repeat");
    }
    if (items.back().kind == Kind::repeated) {
      source_.fail(start, "a repeat of a repeat stands");
    }
    if (source_.skip(U"+")) {
      source_.refuse(start, "a possessive repeat", "leave its last \"+\" out");
    }
    source_.skip(U"?");
    items.back() = {items.back().text + suffix, Kind::repeated};
  }

  // In the verbose mode: a blank, or a comment up to the end of the line.
  bool skips_blank() {
    if (is_one_of(source_.peek(), U" \t\n\r\v\f")) {
      source_.take();
      return true;
    }
    if (!source_.skip(U"#")) {
      return false;
    }
    while (!source_.at_end() && source_.take() != '\n') {
    }
    return true;
  }

  void skip_comment(std::size_t start) {
    while (!source_.at_end()) {
      if (source_.take() == ')') {
        return;
      }
    }
    source_.fail(start, "a comment is never closed; it begins");
  }

  RegexSource source_;
  std::size_t depth_ = 0;
  std::size_t groups_ = 0;
  std::vector<std::u32string> names_;
  std::optional<std::size_t> final_end_at_; // a `$` that is not multi-line
  bool line_anchor_at_ = false;             // a `^` or `$` that is
};

} // namespace

TranslatedRegex translate_regex(std::string_view regex) {
  return Translator(regex).translate();
}

} // namespace nightshift
