// SPDX-License-Identifier: Apache-2.0

#include "core/storage/litter.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace nightshift {

namespace {

enum class Form : std::uint8_t { whole, front, back };

// Windows' own names come in any case: its file systems do not tell "THUMBS.DB" from "Thumbs.db",
// and cameras and copying tools rewrite them.
enum class Case : std::uint8_t { exact, any };

struct Rule {
  std::string_view text; // in lower case where any case will do
  Form form = Form::whole;
  Case letters = Case::exact;
  bool folders = true;
};

constexpr std::array k_rules{
    // macOS: the other half of a file on a foreign file system, and a volume's furniture
    Rule{"._", Form::front},
    Rule{".DS_Store"},
    Rule{".Spotlight-V100"},
    Rule{".Trashes"},
    Rule{".TemporaryItems"},
    Rule{".fseventsd"},
    // Windows
    Rule{"thumbs.db", Form::whole, Case::any},
    Rule{"ehthumbs.db", Form::whole, Case::any},
    Rule{"desktop.ini", Form::whole, Case::any},
    Rule{"$recycle.bin", Form::whole, Case::any},
    Rule{"RECYCLER"},
    Rule{"system volume information", Form::whole, Case::any},
    // Linux desktops' bins (".Trash-1000"), a disk check's findings, a file deleted while open
    Rule{".Trash-", Form::front},
    Rule{"lost+found"},
    Rule{".nfs", Form::front, Case::exact, false},
    // network disks: generated thumbnails and the bin of Synology's
    Rule{"@eaDir"},
    Rule{"#recycle"},
    // transfers under way, and what tools keep beside them
    Rule{"~syncthing~", Form::front},
    Rule{".syncthing.", Form::front},
    Rule{".stversions"},
    Rule{".stfolder"},
    Rule{".rclone", Form::front},
    Rule{".part", Form::back, Case::any, false},
    Rule{".partial", Form::back, Case::any, false},
    Rule{".filepart", Form::back, Case::any, false},
    Rule{".crdownload", Form::back, Case::any, false},
};

// "FOUND.000": where Windows puts the pieces it found when it repaired a card.
constexpr Rule k_found{"found.", Form::front, Case::any};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal(std::string_view text, const Rule& rule) noexcept {
  return std::equal(
      text.begin(), text.end(), rule.text.begin(), rule.text.end(),
      [&rule](char a, char b) { return (rule.letters == Case::any ? lower(a) : a) == b; });
}

bool matches(std::string_view name, const Rule& rule) noexcept {
  const std::size_t size = rule.text.size();
  switch (rule.form) {
  case Form::whole:
    return equal(name, rule);
  case Form::front:
    return name.size() >= size && equal(name.substr(0, size), rule);
  case Form::back:
    return name.size() >= size && equal(name.substr(name.size() - size), rule);
  }
  return false;
}

bool is_found_folder(std::string_view name) noexcept {
  const std::string_view number = name.substr(std::min(name.size(), k_found.text.size()));
  return matches(name, k_found) && number.size() == 3 &&
         std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// By which bytes a name that some rule matches may begin, and by which it may end.
struct Ends {
  std::array<bool, 256> first{};
  std::array<bool, 256> last{};
};

constexpr void note(std::array<bool, 256>& bytes, char c, Case letters) {
  bytes[static_cast<unsigned char>(c)] = true;
  if (letters == Case::any && c >= 'a' && c <= 'z') {
    bytes[static_cast<unsigned char>(c - 'a' + 'A')] = true;
  }
}

constexpr Ends k_ends = [] {
  Ends ends;
  for (const Rule& rule : k_rules) {
    if (rule.form == Form::back) {
      note(ends.last, rule.text.back(), rule.letters);
    } else {
      note(ends.first, rule.text.front(), rule.letters);
    }
  }
  note(ends.first, k_found.text.front(), k_found.letters);
  return ends;
}();

// Most names are told apart by two bytes, which makes the rules cost nothing in a listing.
bool may_be_litter(std::string_view name) noexcept {
  return k_ends.first[static_cast<unsigned char>(name.front())] ||
         k_ends.last[static_cast<unsigned char>(name.back())];
}

} // namespace

bool is_litter(std::string_view name, EntryKind kind) noexcept {
  if (name.empty() || !may_be_litter(name)) {
    return false;
  }
  const auto applies = [&](const Rule& rule) {
    return (rule.folders || kind == EntryKind::object) && matches(name, rule);
  };
  return std::any_of(k_rules.begin(), k_rules.end(), applies) || is_found_folder(name);
}

} // namespace nightshift
