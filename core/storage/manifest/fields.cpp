// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/fields.hpp"

#include "core/base/timestamp.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <system_error>

namespace nightshift::manifest {

namespace {

struct KnownName {
  std::string_view name; // as `plain` makes it
  Field field;
};

// Of names for one field, the first that is there wins: rclone gives both Path and Name.
constexpr std::array k_known_names{KnownName{"key", Field::key},
                                   KnownName{"path", Field::key},
                                   KnownName{"name", Field::key},
                                   KnownName{"size", Field::size},
                                   KnownName{"lastmodified", Field::last_modified},
                                   KnownName{"lastmodifieddate", Field::last_modified},
                                   KnownName{"modtime", Field::last_modified},
                                   KnownName{"mtime", Field::last_modified},
                                   KnownName{"etag", Field::etag},
                                   KnownName{"md5", Field::etag},
                                   KnownName{"hashes.md5", Field::etag},
                                   KnownName{"islatest", Field::is_latest},
                                   KnownName{"isdeletemarker", Field::is_delete_marker},
                                   KnownName{"isdir", Field::is_folder}};

// In lower case and without what parts words.
std::string plain(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c != '_' && c != '-' && c != ' ') {
      text.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
    }
  }
  return text;
}

[[noreturn]] void fail(const std::string& what) {
  throw permanent_error(error_code::k_bad_data, what);
}

std::string shown_text(std::string_view text) {
  return shown(Value(std::string(text)));
}

bool is_true(std::string_view text, std::string_view name) {
  const std::string value = plain(text);
  if (value != "true" && value != "false") {
    fail(fmt::format("{} is {}, not true or false: check which column it is", name,
                     shown_text(text)));
  }
  return value == "true";
}

// More than any store takes in one object, and little enough for sums of many.
constexpr std::int64_t k_largest = std::int64_t{1} << 50U;

std::int64_t read_size(std::string_view text) {
  std::int64_t size = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, size);
  if (text.empty()) {
    fail("there is no size: a manifest tells the size of each object in bytes, as size or as the "
         "source's `columns` says");
  }
  if (stop != end || error == std::errc::invalid_argument) {
    fail(fmt::format("the size {} is no whole number of bytes: write its digits alone",
                     shown_text(text)));
  }
  if (size < 0) {
    fail(fmt::format("the size {} is negative, which tools write for what has none: leave such "
                     "objects out of the manifest",
                     shown_text(text)));
  }
  if (error == std::errc::result_out_of_range || size > k_largest) {
    fail(fmt::format("the size {} is more than 1 PiB, which no object has: check which column is "
                     "the size",
                     shown_text(text)));
  }
  return size;
}

std::int64_t read_time(std::string_view text) {
  if (const auto time = parse_rfc3339(text)) {
    return *time;
  }
  if (const auto time = parse_epoch_seconds(text)) {
    return *time;
  }
  fail(fmt::format("the time {} is neither one with its offset from UTC, such as "
                   "2023-08-01T02:30:01Z or 2023-08-01T04:30:01+02:00, nor seconds since 1970",
                   shown_text(text)));
}

std::string_view without_quotes(std::string_view etag) {
  const bool quoted = etag.size() >= 2 && etag.front() == '"' && etag.back() == '"';
  return quoted ? etag.substr(1, etag.size() - 2) : etag;
}

} // namespace

std::optional<FieldNames::Match> FieldNames::find(std::string_view name) const {
  for (const auto& [field, its_name] : chosen_) {
    if (name == its_name) {
      return Match{field, 0};
    }
  }
  const std::string looked_for = plain(name);
  const auto* const found =
      std::find_if(k_known_names.begin(), k_known_names.end(),
                   [&](const KnownName& known) { return known.name == looked_for; });
  if (found == k_known_names.end() || chosen_.contains(found->field)) {
    return std::nullopt;
  }
  return Match{found->field, static_cast<int>(found - k_known_names.begin())};
}

std::string FieldNames::known(Field field) const {
  if (const auto chosen = chosen_.find(field); chosen != chosen_.end()) {
    return shown_text(chosen->second);
  }
  std::vector<std::string_view> names;
  for (const KnownName& known : k_known_names) {
    if (known.field == field && known.name.find('.') == std::string_view::npos) {
      names.push_back(known.name);
    }
  }
  return fmt::format("{}", fmt::join(names, " or "));
}

std::optional<Entry> read_entry(const FieldTexts& texts) {
  const auto text = [&](Field field) { return texts[index_of(field)].value_or(""); };
  const auto flag = [&](Field field, std::string_view name, bool otherwise) {
    const std::string_view value = text(field);
    return value.empty() ? otherwise : is_true(value, name);
  };
  if (flag(Field::is_folder, "IsDir", false) ||
      flag(Field::is_delete_marker, "IsDeleteMarker", false) ||
      !flag(Field::is_latest, "IsLatest", true)) {
    return std::nullopt;
  }
  if (text(Field::key).empty()) {
    fail("there is no key: a manifest names each object, as key, path or name or as the source's "
         "`columns` says");
  }
  Entry entry{.key = text(Field::key), .size = read_size(text(Field::size))};
  if (const std::string_view time = text(Field::last_modified); !time.empty()) {
    entry.last_modified = read_time(time);
  }
  entry.etag = without_quotes(text(Field::etag));
  return entry;
}

} // namespace nightshift::manifest
