// SPDX-License-Identifier: Apache-2.0

#include "core/base/regex_flags.hpp"

#include <string>

namespace nightshift {

namespace {

void set_flag(RegexFlags& flags, char32_t letter, bool on) {
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

} // namespace

bool at_flags(const RegexSource& source) {
  return is_one_of(source.peek(), U"aiLmsux-");
}

bool read_flags(RegexSource& source, RegexFlags& flags, std::size_t start) {
  std::u32string on;
  std::u32string off;
  std::u32string* letters = &on;
  for (;;) {
    const char32_t c = source.take();
    if (c == '-' && letters == &on) {
      letters = &off;
    } else if (c == ':' || (c == ')' && letters == &on)) {
      break;
    } else if (is_one_of(c, letters == &on ? U"aimsux" : U"imsx")) {
      letters->push_back(c);
    } else {
      source.fail(start, "flags that cannot be read stand");
    }
  }
  const bool contradict =
      on.find_first_of(off) != std::u32string::npos || (is_one_of('a', on) && is_one_of('u', on));
  if (contradict || (letters == &off && off.empty())) {
    source.fail(start, "flags that contradict each other stand");
  }
  for (const char32_t c : on) {
    set_flag(flags, c, true);
  }
  for (const char32_t c : off) {
    set_flag(flags, c, false);
  }
  source.go_back_to(source.position() - 1);
  return source.take() == ':';
}

} // namespace nightshift
