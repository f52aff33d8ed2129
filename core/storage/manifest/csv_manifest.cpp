// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/csv_manifest.hpp"

#include "core/base/csv.hpp"
#include "core/base/line_reader.hpp"
#include "core/storage/decode_url.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <optional>

namespace nightshift::manifest {

namespace {

constexpr std::size_t k_none = std::numeric_limits<std::size_t>::max();

class CsvManifest {
 public:
  CsvManifest(ByteSource& bytes, const CsvLayout& layout, std::uint32_t file)
      : name_(bytes.name()),
        layout_(layout),
        file_(file),
        lines_(bytes),
        csv_(lines_, name_) {
    column_of_.fill(k_none);
  }

  void read(EntrySink sink) {
    if (!layout_.columns.empty()) {
      find_fields(layout_.columns);
    } else if (next()) {
      find_fields(row_.fields);
    } else {
      fail("is empty: the first row of a CSV names its columns, also where no object follows");
    }
    while (next()) {
      take_row(sink);
    }
  }

 private:
  // The next row; false at the end.
  bool next() {
    bool found = false;
    try {
      found = csv_.next(row_);
    } catch (const JobError&) {
      check_end(); // the likelier reason
      throw;
    }
    check_end();
    return found;
  }

  void check_end() const {
    if (lines_.is_torn() && !layout_.is_proven_whole) {
      fail(lines_.line(), "the last line has no newline at its end, so it may have been cut short: "
                          "make the manifest anew, or add the newline if it is whole");
    }
  }

  void find_fields(const std::vector<std::string>& columns) {
    std::array<int, k_field_count> rank{};
    rank.fill(std::numeric_limits<int>::max());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto match = layout_.names.find(columns[i]);
      if (!match) {
        continue;
      }
      const std::size_t field = index_of(match->field);
      if (match->rank == rank[field]) {
        fail(fmt::format("has two columns named {}", columns[i]));
      }
      if (match->rank < rank[field]) {
        rank[field] = match->rank;
        column_of_[field] = i;
      }
    }
    require(Field::key, "the objects' keys");
    require(Field::size, "their sizes");
    count_ = columns.size();
  }

  void require(Field field, std::string_view what) const {
    if (column_of_[index_of(field)] == k_none) {
      fail(fmt::format("has no column for {} ({}): name the columns in a first row; where that has "
                       "other names, say them by the source's `columns`, and where there is none, "
                       "by its `schema`",
                       what, layout_.names.known(field)));
    }
  }

  void take_row(EntrySink sink) {
    if (row_.fields.size() != count_) {
      fail(row_.line, fmt::format("the row has {} fields, not {} as there are columns: it is torn, "
                                  "or a field with a comma in it stands without quotes",
                                  row_.fields.size(), count_));
    }
    FieldTexts texts;
    for (std::size_t field = 0; field < k_field_count; ++field) {
      if (column_of_[field] != k_none) {
        texts[field] = row_.fields[column_of_[field]];
      }
    }
    if (auto entry = read_texts(texts)) {
      entry->place = {file_, row_.line};
      sink(*entry);
    }
  }

  std::optional<Entry> read_texts(FieldTexts& texts) {
    if (layout_.is_url_encoded) {
      std::string& key = row_.fields[column_of_[index_of(Field::key)]];
      if (!decode_url(key, 0)) {
        fail(row_.line, "the key has a '%' that is not followed by two hexadecimal digits: the "
                        "keys of an S3 Inventory are URL-encoded");
      }
      texts[index_of(Field::key)] = key;
    }
    try {
      return read_entry(texts);
    } catch (const JobError& error) {
      fail(row_.line, error.what());
    }
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw permanent_error(error_code::k_bad_data, fmt::format("{} {}", name_, what));
  }

  [[noreturn]] void fail(std::int64_t line, std::string_view what) const {
    throw permanent_error(error_code::k_bad_data, fmt::format("{}:{}: {}", name_, line, what));
  }

  const std::string& name_;
  const CsvLayout& layout_;
  std::uint32_t file_;
  LineReader lines_;
  CsvReader csv_;
  CsvRow row_;
  std::array<std::size_t, k_field_count> column_of_{}; // of each field
  std::size_t count_ = 0;                              // of columns
};

} // namespace

std::vector<std::string> split_schema(std::string_view schema) {
  std::vector<std::string> columns;
  for (;;) {
    const std::size_t comma = std::min(schema.find(','), schema.size());
    std::string_view column = schema.substr(0, comma);
    column.remove_prefix(std::min(column.find_first_not_of(' '), column.size()));
    column = column.substr(0, column.find_last_not_of(' ') + 1);
    columns.emplace_back(column);
    if (comma == schema.size()) {
      return columns;
    }
    schema.remove_prefix(comma + 1);
  }
}

void read_csv(ByteSource& bytes, const CsvLayout& layout, std::uint32_t file, EntrySink sink) {
  CsvManifest(bytes, layout, file).read(sink);
}

} // namespace nightshift::manifest
