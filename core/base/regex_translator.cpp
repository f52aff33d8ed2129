// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_translator.hpp"

#include "core/base/regex_char_set.hpp"
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

struct Flags {
  bool ascii = false;
  bool ignore_case = false;
  bool multi_line = false;
  bool dot_all = false;
  bool verbose = false;
};

enum class Kind { plain, assertion, repeated };

// A part of a sequence. Its text stands by itself: a repeat after it applies to all of it.
struct Item {
  std::string text;
  Kind kind = Kind::plain;
};

bool is_in(char32_t c, std::u32string_view set) {
  return c != 0 && set.find(c) != std::u32string_view::npos;
}

bool is_ascii_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

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

// `set` as Python would match it under `flags`; RE2's own (?i) is on where Unicode's case is to be
// ignored.
std::string one_of(CharSet set, bool negated, const Flags& flags) {
  if (flags.ignore_case) {
    flags.ascii ? set.add_ascii_cases() : set.add_missing_cases();
  }
  return set.re2_text(negated);
}

std::string literal(char32_t c, const Flags& flags) {
  if (c != '\n' && !flags.ignore_case) {
    return re2_escape(c);
  }
  CharSet set;
  set.add(c, c);
  return one_of(set, false, flags);
}

class Translator {
 public:
  explicit Translator(std::string_view regex) : source_(regex) {}

  TranslatedRegex translate() {
    const Flags flags = global_flags();
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
  [[nodiscard]] static std::string_view opening(const Flags& flags) {
    return flags.ignore_case && !flags.ascii ? "(?i:" : "(?-i:";
  }

  // "(?i)" and the like, which Python takes only at the very beginning.
  Flags global_flags() {
    Flags flags;
    for (;;) {
      const std::size_t start = source_.position();
      if (flags.verbose && skips_blank()) {
        continue;
      }
      if (source_.skip(U"(?#")) {
        skip_comment(start);
        continue;
      }
      Flags changed = flags;
      if (!source_.skip(U"(?") || !is_in(source_.peek(), U"aiLmsux") ||
          reads_scoped_flags(changed, start)) {
        source_.go_back_to(start);
        return flags;
      }
      flags = changed;
    }
  }

  // Up to a ")" or the end.
  std::string alternatives(const Flags& flags) {
    std::string text = sequence(flags);
    while (source_.skip(U"|")) {
      text += "|" + sequence(flags);
    }
    return text;
  }

  std::string sequence(const Flags& flags) {
    std::vector<Item> items;
    while (!source_.at_end() && !is_in(source_.peek(), U"|)")) {
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

  Item item(const Flags& flags) {
    const std::size_t start = source_.position();
    switch (const char32_t c = source_.take()) {
    case '(':
      return group(flags, start);
    case '[':
      return {character_class(flags, start)};
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
      return {literal(c, flags)};
    }
  }

  Item escape(const Flags& flags, std::size_t start) {
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
    if (is_in(c, U"dwsDWS")) {
      CharSet set;
      set.add_class(static_cast<char>(c), flags.ascii);
      return {set.re2_text(false)};
    }
    if (c >= '1' && c <= '9') {
      return {literal(octal_character(c, start), flags)};
    }
    return {literal(escaped_character(c, start), flags)};
  }

  // What "\" and `c` stand for, within a class and without.
  char32_t escaped_character(char32_t c, std::size_t start) {
    constexpr std::u32string_view k_letters = U"afnrtv\\";
    constexpr std::u32string_view k_meanings = U"\a\f\n\r\t\v\\";
    if (is_in(c, k_letters)) {
      return k_meanings[k_letters.find(c)];
    }
    switch (c) {
    case 'x':
      return source_.take_hexadecimal(2);
    case 'u':
      return source_.take_hexadecimal(4);
    case 'U':
      return source_.take_hexadecimal(8);
    case '0':
      return source_.take_octal(0, 2);
    case 'N':
      source_.refuse(start, "a character's name",
                     "write the character itself, or its number as \\uXXXX");
    default:
      if (is_ascii_letter(c)) {
        source_.fail(start, fmt::format("an unknown escape \"\\{}\" stands", static_cast<char>(c)));
      }
      return c;
    }
  }

  // "\123" is a character; "\1" and "\12" refer back to a group.
  char32_t octal_character(char32_t first, std::size_t start) {
    std::size_t group = first - '0';
    if (is_digit(source_.peek())) {
      const char32_t second = source_.take();
      if (first <= '7' && second <= '7' && is_in(source_.peek(), U"01234567")) {
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

  std::string character_class(const Flags& flags, std::size_t start) {
    CharSet set;
    const bool negated = source_.skip(U"^");
    bool empty = true;
    while (empty || !source_.skip(U"]")) {
      add_class_member(set, flags, start);
      empty = false;
    }
    return one_of(set, negated, flags);
  }

  void add_class_member(CharSet& set, const Flags& flags, std::size_t start) {
    const std::size_t member_start = source_.position();
    const auto first = class_literal(set, flags, start);
    const std::size_t after_first = source_.position();
    if (!source_.skip(U"-") || source_.peek() == ']') {
      source_.go_back_to(after_first);
      if (first) {
        set.add(*first, *first);
      }
      return;
    }
    const auto last = class_literal(set, flags, start);
    if (!first || !last || *last < *first) {
      source_.fail(member_start, "a range of characters that is none stands");
    }
    set.add(*first, *last);
  }

  // One member of a class; nothing if it was a class itself, such as \d, which is then in `set`.
  std::optional<char32_t> class_literal(CharSet& set, const Flags& flags, std::size_t class_start) {
    const std::size_t start = source_.position();
    if (source_.at_end()) {
      source_.fail(class_start, "a \"[\" is never closed; it stands");
    }
    const char32_t c = source_.take();
    if (c != '\\') {
      return c;
    }
    const char32_t escaped = source_.take();
    if (is_in(escaped, U"dwsDWS")) {
      set.add_class(static_cast<char>(escaped), flags.ascii);
      return std::nullopt;
    }
    if (escaped == 'b') {
      return U'\b';
    }
    if (is_digit(escaped)) {
      if (escaped > '7') {
        source_.fail(start, "an escape of no meaning stands");
      }
      return source_.take_octal(escaped - '0', 2);
    }
    return escaped_character(escaped, start);
  }

  // After "(".
  Item group(const Flags& flags, std::size_t start) {
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
    if (!is_in(source_.peek(), U"aiLmsux-")) {
      source_.fail(start, "a \"(?\" of no meaning stands");
    }
    Flags inner = flags;
    if (!reads_scoped_flags(inner, start)) {
      source_.fail(start,
                   "flags for the whole regular expression must stand at its beginning, not");
    }
    return group_content(inner, start);
  }

  Item group_content(const Flags& flags, std::size_t start) {
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

  // After "(?": the flags up to ":", applied to `flags`, or (false) up to ")".
  bool reads_scoped_flags(Flags& flags, std::size_t start) {
    std::u32string on;
    std::u32string off;
    std::u32string* letters = &on;
    for (;;) {
      const char32_t c = source_.take();
      if (c == '-' && letters == &on) {
        letters = &off;
      } else if (c == ':' || (c == ')' && letters == &on)) {
        break;
      } else if (is_in(c, letters == &on ? U"aimsux" : U"imsx")) {
        letters->push_back(c);
      } else {
        source_.fail(start, "flags that cannot be read stand");
      }
    }
    const bool contradict =
        on.find_first_of(off) != std::u32string::npos || (is_in('a', on) && is_in('u', on));
    if (contradict || (letters == &off && off.empty())) {
      source_.fail(start, "flags that contradict each other stand");
    }
    for (const char32_t c : on) {
      set_flag(flags, c, true);
    }
    for (const char32_t c : off) {
      set_flag(flags, c, false);
    }
    source_.go_back_to(source_.position() - 1);
    return source_.take() == ':';
  }

  static void set_flag(Flags& flags, char32_t letter, bool on) {
    switch (letter) {
    case 'a':
      flags.ascii = on;
      break;
    case 'u':
      flags.ascii = !on;
      break;
    case 'i':
      flags.ignore_case = on;
      break;
    case 'm':
      flags.multi_line = on;
      break;
    case 's':
      flags.dot_all = on;
      break;
    default:
      flags.verbose = on;
    }
  }

  // A repeat, if one comes next, for RE2.
  std::optional<std::string> repeat() {
    const char32_t c = source_.peek();
    if (c == '{') {
      return braces();
    }
    if (!is_in(c, U"*+?")) {
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
                     "use \"*\" or \"+\"");
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
    if (is_in(source_.peek(), U" \t\n\r\v\f")) {
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
