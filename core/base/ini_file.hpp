// SPDX-License-Identifier: Apache-2.0
//
// Files of sections with keys and values, as two families of programs read them. Values may be
// secrets: they stay where the file's text is kept, and no error shows one.

#pragma once

#include "core/base/secret.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

enum class IniDialect : std::uint8_t {
  // Python's configparser: keys in lower case; a line that is further to the right than its key's
  // goes on with the value; a section or a key that stands twice is an error.
  python,
  // Go's goconfig: keys as they are; a value may stand in quotes (", ` or """); of a key that
  // stands
  // twice the last one counts.
  go,
};

struct IniLine {
  int number;            // from 1
  std::string_view text; // without blanks around it
};

struct IniEntry {
  std::string key;
  IniLine value;
  std::vector<IniLine> more; // lines that go on with the value, but for empty ones
};

struct IniSection {
  std::string name;
  std::vector<IniEntry> entries;

  // Null if there is none.
  [[nodiscard]] const IniEntry* find(std::string_view key) const;
};

// In both dialects '=' or ':' ends a key, and a line that begins with '#' or ';' is a comment. A
// byte order mark and CRs at the ends of lines are passed over.
// Sources: CPython 3.11 Lib/configparser.py; Unknwon/goconfig read.go.
class IniFile {
 public:
  // `path` is for people. Throws `bad_data`, naming the line, for one that is neither section, key
  // nor comment.
  IniFile(Secret text, std::filesystem::path path, IniDialect dialect);
  IniFile(const IniFile&) = delete;
  IniFile& operator=(const IniFile&) = delete;

  [[nodiscard]] const std::vector<IniSection>& sections() const noexcept { return sections_; }

  [[nodiscard]] const IniSection* find(std::string_view name) const;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

  // "/home/me/.aws/config:12"
  [[nodiscard]] std::string place_of(const IniLine& line) const;

 private:
  Secret text_; // what the lines' texts are in
  std::filesystem::path path_;
  std::vector<IniSection> sections_;
};

} // namespace nightshift
