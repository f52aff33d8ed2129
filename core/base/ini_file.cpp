// SPDX-License-Identifier: Apache-2.0

#include "core/base/ini_file.hpp"

#include "core/base/file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

namespace nightshift {
namespace {

constexpr std::string_view k_blanks = " \t\r\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(k_blanks);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

std::string in_lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

// The value without its quotes. Nothing if they are not closed.
std::optional<std::string_view> unquoted(std::string_view value) {
  constexpr std::array<std::string_view, 3> k_quotes{R"(""")", "\"", "`"};
  for (const std::string_view quote : k_quotes) {
    if (value.size() > 1 && value.starts_with(quote)) {
      const std::string_view rest = value.substr(quote.size());
      const std::size_t end = rest.rfind(quote);
      return end == std::string_view::npos ? std::nullopt : std::optional(rest.substr(0, end));
    }
  }
  return value;
}

class IniReader {
 public:
  IniReader(const IniFile& file, IniDialect dialect, std::vector<IniSection>& sections)
      : file_(file),
        dialect_(dialect),
        sections_(sections) {}

  void read(std::string_view text) {
    if (text.starts_with("\xEF\xBB\xBF")) {
      text.remove_prefix(3);
    }
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      ++number_;
      read_line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

 private:
  void read_line(std::string_view raw) {
    const IniLine line{number_, trimmed(raw)};
    if (line.text.empty() || line.text.front() == '#' || line.text.front() == ';') {
      return;
    }
    const std::size_t indent = raw.find_first_not_of(k_blanks);
    if (dialect_ == IniDialect::python && entry_ != nullptr && indent > indent_) {
      entry_->more.push_back(line);
      return;
    }
    indent_ = indent;
    if (line.text.front() == '[') {
      begin_section(line);
    } else {
      add_entry(line);
    }
  }

  void begin_section(const IniLine& line) {
    const std::size_t end = line.text.rfind(']');
    const bool closed = dialect_ == IniDialect::python ? end != std::string_view::npos
                                                       : end + 1 == line.text.size();
    if (!closed || end < 2) {
      fail(line, "begins a section, but does not name it");
    }
    std::string name(line.text.substr(1, end - 1));
    entry_ = nullptr;
    if (dialect_ == IniDialect::go) {
      name = trimmed(name);
    }
    const auto same = std::find_if(sections_.begin(), sections_.end(),
                                   [&](const IniSection& each) { return each.name == name; });
    if (same != sections_.end() && dialect_ == IniDialect::python) {
      fail(line, "begins a section that is already there");
    }
    section_ = same != sections_.end() ? static_cast<std::size_t>(same - sections_.begin())
                                       : sections_.size();
    if (same == sections_.end()) {
      sections_.push_back({std::move(name), {}});
    }
  }

  void add_entry(const IniLine& line) {
    const std::size_t end = line.text.find_first_of("=:");
    if (end == std::string_view::npos || end == 0) {
      fail(line, "is neither a section, nor a key with a value, nor a comment");
    }
    if (!section_) {
      fail(line, "is in no section");
    }
    const std::string_view key = trimmed(line.text.substr(0, end));
    IniLine value{line.number, trimmed(line.text.substr(end + 1))};
    if (dialect_ == IniDialect::python) {
      entry_ = &new_entry(line, in_lower_case(key));
    } else {
      const auto bare = unquoted(value.text);
      if (!bare) {
        fail(line, "has a value whose quotes are not closed");
      }
      value.text = *bare;
      entry_ = &entry_called(std::string(key));
    }
    entry_->value = value;
  }

  IniEntry& new_entry(const IniLine& line, std::string key) {
    if (sections_[*section_].find(key) != nullptr) {
      fail(line, "has a key that is already in its section");
    }
    return sections_[*section_].entries.emplace_back(IniEntry{std::move(key), {}, {}});
  }

  IniEntry& entry_called(std::string key) {
    auto& entries = sections_[*section_].entries;
    const auto same = std::find_if(entries.begin(), entries.end(),
                                   [&](const IniEntry& each) { return each.key == key; });
    return same != entries.end() ? *same : entries.emplace_back(IniEntry{std::move(key), {}, {}});
  }

  [[noreturn]] void fail(const IniLine& line, std::string_view what) const {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("cannot read {}: the line {}", file_.place_of(line), what));
  }

  const IniFile& file_;
  IniDialect dialect_;
  std::vector<IniSection>& sections_;
  std::optional<std::size_t> section_;
  IniEntry* entry_ = nullptr;
  std::size_t indent_ = 0; // of the last line that went on with nothing
  int number_ = 0;
};

} // namespace

const IniEntry* IniSection::find(std::string_view key) const {
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&](const IniEntry& entry) { return entry.key == key; });
  return found != entries.end() ? &*found : nullptr;
}

IniFile::IniFile(Secret text, std::filesystem::path path, IniDialect dialect)
    : text_(std::move(text)),
      path_(std::move(path)) {
  IniReader(*this, dialect, sections_).read(text_.reveal());
}

const IniSection* IniFile::find(std::string_view name) const {
  const auto found = std::find_if(sections_.begin(), sections_.end(),
                                  [&](const IniSection& each) { return each.name == name; });
  return found != sections_.end() ? &*found : nullptr;
}

std::string IniFile::place_of(const IniLine& line) const {
  return fmt::format("{}:{}", shown_path(path_), line.number);
}

} // namespace nightshift
