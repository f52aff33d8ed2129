// SPDX-License-Identifier: Apache-2.0

#include "core/base/time.hpp"
#include "plugins/data_storage_sync/capture_name.hpp"
#include "tests/support/oracle.hpp"

#include <nightshift/key.hpp>

#include <gtest/gtest.h>

#include <ctime>
#include <map>
#include <random>
#include <regex>
#include <set>
#include <string>

namespace nightshift::data_storage_sync {
namespace {

// "2023-08-01T02:30:01", or "" without a time.
std::string text_of(const CaptureTime& time) {
  return time.dated() ? wall_text(time.wall_time()) : "";
}

std::vector<tests::OracleRow> oracle_rows(std::string_view policy) {
  std::vector<tests::OracleRow> rows;
  for (tests::OracleRow& row : tests::read_oracle_csv("filename_timestamps_public.csv")) {
    if (row.at("policy") == policy) {
      rows.push_back(std::move(row));
    }
  }
  EXPECT_FALSE(rows.empty()) << policy;
  return rows;
}

TEST(CaptureName, AgreesWithAntennaWhereItIsDeterministic) {
  for (const auto& row : oracle_rows("replicate")) {
    const std::string& path = row.at("path");
    const CaptureTime time = parse_capture_name(name_of(path));
    EXPECT_EQ(text_of(time), row.at("timestamp_iso_or_empty"))
        << path << ", read as " << to_string(time.source);
  }
}

TEST(CaptureName, ReadsByAntennasPatternsWhereverAntennaDoes) {
  for (const auto& row : oracle_rows("replicate")) {
    const TimeSource source = parse_capture_name(name_of(row.at("path"))).source;
    EXPECT_EQ(row.at("kind") == "regex", source <= TimeSource::digits_12_yy) << row.at("path");
    EXPECT_EQ(row.at("kind") == "none", !is_dated(source)) << row.at("path");
  }
}

TEST(CaptureName, RefusesWithAReasonWhatWouldBeAGuess) {
  std::map<TimeSource, int> reasons;
  for (const auto& row : oracle_rows("refuse")) {
    const CaptureTime time = parse_capture_name(name_of(row.at("path")));
    EXPECT_FALSE(time.dated()) << row.at("path") << " read as " << text_of(time);
    ++reasons[time.source];
  }
  EXPECT_EQ(reasons.count(TimeSource::none), 0U) << "a lenient parser sees something in each";
  for (const TimeSource reason : {TimeSource::date_only, TimeSource::partial, TimeSource::ambiguous,
                                  TimeSource::zone, TimeSource::wording}) {
    EXPECT_GT(reasons[reason], 0) << to_string(reason);
  }
}

// The table of README.md, class by class.
TimeSource decision_on(const tests::OracleRow& row) {
  const std::string& flags = row.at("flags");
  const auto has = [&](const char* flag) { return flags.find(flag) != std::string::npos; };
  const bool words = row.at("path").starts_with("text/");
  return has("fraction")         ? TimeSource::iso
         : has("unicode_digits") ? TimeSource::wording
         : words                 ? TimeSource::wording
         : has("no_minute")      ? TimeSource::partial
         : has("no_time")        ? TimeSource::date_only
                                 : TimeSource::wording;
}

TEST(CaptureName, DecidesOnWeakFormsByTheirClass) {
  for (const auto& row : oracle_rows("optional")) {
    const CaptureTime time = parse_capture_name(name_of(row.at("path")));
    EXPECT_EQ(time.source, decision_on(row)) << row.at("path");
    if (time.dated()) { // to the second: fractions are dropped
      EXPECT_EQ(text_of(time), row.at("timestamp_iso_or_empty").substr(0, 19)) << row.at("path");
    }
  }
}

struct Case {
  const char* name;
  const char* time; // "" for none
  TimeSource source;
};

class CaptureNameCases : public testing::TestWithParam<Case> {};

TEST_P(CaptureNameCases, AreRead) {
  const CaptureTime time = parse_capture_name(GetParam().name);
  EXPECT_EQ(text_of(time), GetParam().time) << GetParam().name;
  EXPECT_EQ(time.source, GetParam().source)
      << GetParam().name << ", read as " << to_string(time.source);
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, CaptureNameCases,
    testing::Values(
        Case{"20230801023001.jpg", "2023-08-01T02:30:01", TimeSource::digits_14},
        Case{"x20230801023001999.jpg", "2023-08-01T02:30:01", TimeSource::digits_14},
        Case{"20230801T023001.jpg", "2023-08-01T02:30:01", TimeSource::digits_8_6},
        Case{"20230801 at 023001999.jpg", "2023-08-01T02:30:01", TimeSource::digits_8_6},
        Case{"0020230801_023001.jpg", "2023-08-01T02:30:01", TimeSource::digits_8_6},
        Case{"2023.08.01--02x30y01.jpg", "2023-08-01T02:30:01", TimeSource::separated},
        Case{"992023-08-01_02-30-019.jpg", "2023-08-01T02:30:01", TimeSource::separated},
        Case{"x680801023001y.jpg", "2068-08-01T02:30:01", TimeSource::digits_12_yy},
        Case{"690801023001.jpg", "1969-08-01T02:30:01", TimeSource::digits_12_yy},
        // Only the first match counts, even if it is no date.
        Case{"20231301023001_20230801023001.jpg", "", TimeSource::invalid},
        Case{"12345678_123456_20230801_023001.jpg", "", TimeSource::invalid},
        // Exactly one other at each place, and two digits between.
        Case{"2023--08-01_02-30-01.jpg", "", TimeSource::wording},
        Case{"2023-08-01_02-30--01.jpg", "", TimeSource::wording},
        Case{"2023-008-01_02-30-01.jpg", "", TimeSource::none},
        // The name is cut at its last dot; folders and suffixes play no part.
        Case{"20230801.023001", "", TimeSource::date_only},
        Case{".20230801023001", "2023-08-01T02:30:01", TimeSource::digits_14},
        Case{"", "", TimeSource::none}, Case{".", "", TimeSource::none}));

INSTANTIATE_TEST_SUITE_P(
    CodePoints, CaptureNameCases,
    testing::Values(
        // One other is one code point, however many bytes it has.
        Case{"2023\u00E908\u00E901\u591C02\u00E930\u00E901.jpg", "2023-08-01T02:30:01",
             TimeSource::separated},
        Case{"2023e\u030108-01_02-30-01.jpg", "", TimeSource::none},
        // Bytes that are no valid UTF-8 count one each.
        Case{"2023\xFF"
             "08\xE2"
             "01_02-30-01.jpg",
             "2023-08-01T02:30:01", TimeSource::separated},
        Case{"2023\xE2\x82"
             "08-01_02-30-01.jpg",
             "", TimeSource::none},
        // A foreign digit is a digit: it lengthens runs, and what holds one is no date.
        Case{"\uFF1220230801023001.jpg", "", TimeSource::wording},
        Case{"\u0663230801023001.jpg", "", TimeSource::wording},
        Case{"\u06632023-08-01_02-30-01.jpg", "2023-08-01T02:30:01", TimeSource::separated},
        Case{"20230801\uFF1202023001.jpg", "", TimeSource::wording}));

// A name as pieces, each with its class: 'd' a digit, 'f' a foreign one, 'o' another.
struct Piece {
  const char* text;
  const char* classes;
};

constexpr Piece k_pieces[] = {{"0", "d"},
                              {"1", "d"},
                              {"2", "d"},
                              {"9", "d"},
                              {"01", "dd"},
                              {"08", "dd"},
                              {"12", "dd"},
                              {"23", "dd"},
                              {"59", "dd"},
                              {"2023", "dddd"},
                              {"2024", "dddd"},
                              {"0000", "dddd"},
                              {"20230801", "dddddddd"},
                              {"023001", "dddddd"},
                              {"-", "o"},
                              {"_", "o"},
                              {":", "o"},
                              {" ", "o"},
                              {"T", "o"},
                              {"x", "o"},
                              {"\n", "o"},
                              {"\u00E9", "o"},
                              {"\u591C", "o"},
                              {"\U0001F98B", "o"},
                              {"\xFF", "o"},
                              {"\uFF12", "f"},
                              {"\u0663", "f"},
                              {"\U0001D7D8", "f"}};

// The time of 12 or 14 digits by way of the C library.
std::optional<std::int64_t> slow_time(const std::string& digits) {
  const auto number = [&](std::size_t at, std::size_t count) {
    return std::stoi(digits.substr(at, count));
  };
  const std::size_t year_digits = digits.size() - 10;
  std::tm fields{};
  fields.tm_year = number(0, year_digits) - 1900;
  if (year_digits == 2) {
    fields.tm_year += number(0, 2) < 69 ? 2000 : 1900;
  }
  fields.tm_mon = number(year_digits, 2) - 1;
  fields.tm_mday = number(year_digits + 2, 2);
  fields.tm_hour = number(year_digits + 4, 2);
  fields.tm_min = number(year_digits + 6, 2);
  fields.tm_sec = number(year_digits + 8, 2);
  std::tm rolled = fields;
  const std::time_t time = timegm(&rolled);
  const bool valid = rolled.tm_mon == fields.tm_mon && rolled.tm_mday == fields.tm_mday &&
                     rolled.tm_hour == fields.tm_hour && rolled.tm_min == fields.tm_min &&
                     rolled.tm_sec == fields.tm_sec && fields.tm_year > -1900;
  return valid ? std::optional<std::int64_t>(time) : std::nullopt;
}

// The four patterns as Antenna's documentation words them, on classes instead of characters.
struct SlowSearch {
  bool matched = false;
  std::optional<std::int64_t> time;

  SlowSearch(const std::string& classes, const std::string& digits) {
    static const std::regex patterns("d{14}|d{8}o+d{6}|d{4}od{2}od{2}o+d{2}od{2}od{2}|"
                                     "(?:^|o)d{12}(?!d)");
    std::string all(classes);
    std::replace(all.begin(), all.end(), 'f', 'd');
    std::smatch match;
    matched = std::regex_search(all, match, patterns);
    std::string kept;
    bool foreign = false;
    for (std::ptrdiff_t i = 0; matched && i < match.length(); ++i) {
      const auto at = static_cast<std::size_t>(match.position() + i);
      foreign = foreign || classes[at] == 'f';
      if (all[at] == 'd') {
        kept.push_back(digits[at]);
      }
    }
    if (matched && !foreign) {
      time = slow_time(kept);
    }
  }
};

TEST(CaptureName, FindsWhatASlowSearchByTheWordsOfTheRulesFinds) {
  std::mt19937 random(20230801);
  int matches = 0;
  int dates = 0;
  for (int round = 0; round < 60'000; ++round) {
    std::string name;
    std::string classes;
    std::string digits; // beside `classes`; "?" where there is none
    for (auto pieces = 1 + random() % 14; pieces > 0; --pieces) {
      const Piece& piece = k_pieces[random() % std::size(k_pieces)];
      name += piece.text;
      classes += piece.classes;
      digits += piece.classes[0] == 'd' ? piece.text : "?";
    }
    const SlowSearch slow(classes, digits);
    const CaptureTime fast = parse_capture_name(name + ".jpg");
    const bool by_pattern = fast.dated() && fast.source <= TimeSource::digits_12_yy;
    ASSERT_EQ(by_pattern, slow.time.has_value()) << printable_key(name);
    if (slow.time) {
      ASSERT_EQ(fast.seconds, *slow.time) << printable_key(name);
    }
    matches += slow.matched ? 1 : 0;
    dates += slow.time ? 1 : 0;
  }
  EXPECT_GT(matches, 5'000);
  EXPECT_GT(dates, 500);
}

TEST(CaptureName, IsReadAlikeHoweverLongItIs) {
  const CaptureTime short_name = parse_capture_name("20230801023001.jpg");
  for (const std::size_t letters : {49U, 50U, 51U, 200U}) { // 64 bytes without the suffix, and more
    const std::string rest(letters, 'x');
    EXPECT_EQ(parse_capture_name("20230801023001" + rest + ".jpg"), short_name) << letters;
    EXPECT_EQ(parse_capture_name(rest + "20230801023001.jpg"), short_name) << letters;
    EXPECT_EQ(parse_capture_name("\xC3\xA4" + rest + "20230801023001.jpg"), short_name) << letters;
  }
}

} // namespace
} // namespace nightshift::data_storage_sync
