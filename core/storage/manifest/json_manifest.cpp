// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/json_manifest.hpp"

#include "core/base/json.hpp"
#include "core/base/line_reader.hpp"
#include "core/storage/manifest/byte_feed.hpp"
#include "core/storage/manifest/entry_builder.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift::manifest {

namespace {

[[noreturn]] void fail_at(const std::string& name, std::int64_t line, std::string_view what) {
  throw permanent_error(error_code::k_bad_data, fmt::format("{}:{}: {}", name, line, what));
}

enum class Form : std::uint8_t { object, array_of_objects };

// What the parser tells of a text of that form. `here` says which line it has come to; it is asked
// where an object begins and where one ends.
class EntryEvents final : public nlohmann::json_sax<Json> {
 public:
  EntryEvents(Form form, const FieldNames& names, Place place, const std::string& file_name,
              FunctionRef<std::int64_t()> here, EntrySink sink)
      : entry_(names),
        form_(form),
        place_(place),
        file_name_(file_name),
        here_(here),
        sink_(sink) {}

  bool null() override { return scalar({}); }

  bool boolean(bool value) override { return scalar(value ? "true" : "false"); }

  bool number_integer(number_integer_t value) override {
    return scalar(fmt::format_int(value).c_str());
  }

  bool number_unsigned(number_unsigned_t value) override {
    return scalar(fmt::format_int(value).c_str());
  }

  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return scalar(text);
  }

  bool string(string_t& value) override { return scalar(value); }

  bool binary(binary_t& /*value*/) override { return false; } // JSON has none

  bool start_object(std::size_t /*size*/) override {
    if (depth_ == 0) {
      place_.line = here_();
      expect(in_array_ == (form_ == Form::array_of_objects));
      entry_.begin();
    }
    enter();
    return true;
  }

  bool key(string_t& name) override {
    path_.resize(path_ends_.back());
    path_ += name;
    return true;
  }

  bool end_object() override {
    leave();
    if (depth_ == 0) {
      here_();
      const std::optional<Entry> entry = finish_entry();
      if (entry) {
        hand_over(*entry);
      }
    }
    return true;
  }

  bool start_array(std::size_t /*size*/) override {
    if (depth_ > 0) {
      enter();
    } else {
      expect(form_ == Form::array_of_objects && !in_array_);
      in_array_ = true;
    }
    return true;
  }

  bool end_array() override {
    if (depth_ > 0) {
      leave();
    } else {
      has_ended_ = true;
    }
    return true;
  }

  bool parse_error(std::size_t /*position*/, const std::string& /*last_token*/,
                   const nlohmann::detail::exception& error) override {
    mistake_ = error.what();
    return false;
  }

  // What is wrong with the text as JSON, in the parser's words; "" if nothing is.
  [[nodiscard]] const std::string& mistake() const noexcept { return mistake_; }

  // Whether the array was there from its first to its last bracket.
  [[nodiscard]] bool has_ended() const noexcept { return has_ended_; }

 private:
  static constexpr std::size_t k_deepest = 64;

  void expect(bool is_of_form) {
    if (!is_of_form) {
      fail_at(file_name_, here_(),
              form_ == Form::array_of_objects
                  ? "this is no array of objects, as rclone lsjson writes it"
                  : "this is no object; JSON Lines have one on each line");
    }
  }

  [[nodiscard]] std::optional<Entry> finish_entry() const {
    try {
      return entry_.finish();
    } catch (const JobError& error) {
      fail_at(file_name_, place_.line, error.what());
    }
  }

  void hand_over(Entry entry) {
    entry.place = place_;
    sink_(entry);
  }

  void enter() {
    if (++depth_ > k_deepest) {
      fail_at(file_name_, place_.line, "the object is nested too deeply");
    }
    if (depth_ == 1) {
      path_.clear();
    } else {
      path_.push_back('.');
    }
    path_ends_.push_back(path_.size());
  }

  void leave() {
    --depth_;
    path_ends_.pop_back();
  }

  bool scalar(std::string_view value) {
    expect(depth_ > 0);
    if (!entry_.set(path_, value)) {
      fail_at(file_name_, place_.line, fmt::format("the object has two members named {}", path_));
    }
    return true;
  }

  EntryBuilder entry_;
  Form form_;
  Place place_; // where the entry's object begins
  const std::string& file_name_;
  FunctionRef<std::int64_t()> here_;
  EntrySink sink_;
  std::size_t depth_ = 0; // within an entry's object, its own braces included
  bool in_array_ = false;
  bool has_ended_ = false;
  std::string path_;                   // of a member, with those around it: "Hashes.md5"
  std::vector<std::size_t> path_ends_; // where a member's own name begins in it, by depth
  std::string mistake_;
};

// Of "[json.exception.parse_error.101] parse error at line 1, column 5: syntax error …" what says
// more than the place.
std::string shortened(std::string_view mistake) {
  const std::size_t words = mistake.find("syntax error");
  return nightshift::detail::one_short_line(
      words == std::string_view::npos ? mistake : mistake.substr(words));
}

bool is_blank(std::string_view line) noexcept {
  return line.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

} // namespace

void read_json_array(ByteSource& bytes, const FieldNames& names, std::uint32_t file,
                     EntrySink sink) {
  const auto feed = std::make_unique<ByteFeed>(bytes);
  const auto here = [&] { return feed->mark(); };
  EntryEvents events(Form::array_of_objects, names, {file, 1}, bytes.name(), here, sink);
  Json::sax_parse(FeedIterator(*feed), FeedIterator(), &events);
  if (events.mistake().empty()) {
    return;
  }
  if (events.has_ended()) {
    fail_at(bytes.name(), feed->line(),
            "goes on behind the end of its array: make the manifest anew");
  }
  if (feed->at_end()) {
    fail_at(bytes.name(), feed->line(),
            "ends before its array does: it was cut short; make the manifest anew");
  }
  fail_at(bytes.name(), feed->line(), "is no JSON: " + shortened(events.mistake()));
}

void read_json_lines(ByteSource& bytes, const FieldNames& names, std::uint32_t file,
                     EntrySink sink) {
  LineReader lines(bytes);
  const auto here = [&] { return lines.line(); };
  EntryEvents events(Form::object, names, {file, 1}, bytes.name(), here, sink);
  while (lines.next()) {
    if (lines.is_torn()) {
      fail_at(bytes.name(), lines.line(),
              "the last line has no newline at its end, so the manifest may have been cut short: "
              "make it anew, or add the newline if it is whole");
    }
    const std::string_view text = lines.text();
    if (is_blank(text)) {
      continue;
    }
    Json::sax_parse(text.data(), text.data() + text.size(), &events);
    if (!events.mistake().empty()) {
      fail_at(bytes.name(), lines.line(), "is no JSON: " + shortened(events.mistake()));
    }
  }
}

} // namespace nightshift::manifest
