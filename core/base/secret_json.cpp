// SPDX-License-Identifier: Apache-2.0

#include "core/base/secret_json.hpp"

#include <nightshift/key.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <utility>

namespace nightshift {
namespace {

constexpr int k_deepest_value = 64;

void append_utf8(SecretBytes& bytes, std::uint32_t code) {
  const auto add = [&bytes](std::uint32_t byte) { bytes.push_back(static_cast<char>(byte)); };
  const auto add_rest = [&](int shift) { add(0x80U | ((code >> shift) & 0x3FU)); };
  if (code < 0x80) {
    add(code);
  } else if (code < 0x800) {
    add(0xC0U | (code >> 6U));
    add_rest(0);
  } else if (code < 0x10000) {
    add(0xE0U | (code >> 12U));
    add_rest(6);
    add_rest(0);
  } else {
    add(0xF0U | (code >> 18U));
    add_rest(12);
    add_rest(6);
    add_rest(0);
  }
}

// Each of its functions takes what it is called for off the front of the text and says whether it
// was there.
class SecretJson {
 public:
  explicit SecretJson(std::string_view text) : rest_(text) {}

  bool take_whole(std::map<std::string, Secret>& members) {
    const bool taken = take_object(&members, 1);
    skip_blanks();
    return taken && rest_.empty();
  }

 private:
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  // `members` may be null: of an object that is nested.
  bool take_object(std::map<std::string, Secret>* members, int depth) {
    if (!take('{')) {
      return false;
    }
    if (take('}')) {
      return true;
    }
    do {
      SecretBytes name;
      Secret value;
      if (!take_string(name) || !take(':') || !take_value(value, depth)) {
        return false;
      }
      if (members != nullptr) {
        members->insert_or_assign(std::string(name.begin(), name.end()), std::move(value));
      }
    } while (take(','));
    return take('}');
  }

  bool take_array(int depth) {
    if (!take('[')) {
      return false;
    }
    if (take(']')) {
      return true;
    }
    do {
      Secret ignored;
      if (!take_value(ignored, depth)) {
        return false;
      }
    } while (take(','));
    return take(']');
  }

  bool take_value(Secret& value, int depth) {
    skip_blanks();
    if (rest_.empty() || depth >= k_deepest_value) {
      return false;
    }
    switch (rest_.front()) {
    case '{':
      return take_object(nullptr, depth + 1);
    case '[':
      return take_array(depth + 1);
    case '"': {
      SecretBytes text;
      const bool taken = take_string(text);
      value = Secret(std::move(text));
      return taken;
    }
    default:
      return take_word(value) || take_number(value);
    }
  }

  bool take_word(Secret& value) {
    for (const std::string_view word : {"true", "false", "null"}) {
      if (rest_.starts_with(word)) {
        value = Secret(word);
        rest_.remove_prefix(word.size());
        return true;
      }
    }
    return false;
  }

  std::size_t digits_at(std::size_t at) const {
    return std::min(rest_.find_first_not_of("0123456789", at), rest_.size()) -
           std::min(at, rest_.size());
  }

  bool take_number(Secret& value) {
    std::size_t end = rest_.starts_with('-') ? 1 : 0;
    const std::size_t whole = digits_at(end);
    if (whole == 0 || (whole > 1 && rest_[end] == '0')) {
      return false;
    }
    end += whole;
    if (end < rest_.size() && rest_[end] == '.') {
      const std::size_t fraction = digits_at(end + 1);
      if (fraction == 0) {
        return false;
      }
      end += 1 + fraction;
    }
    if (end < rest_.size() && (rest_[end] == 'e' || rest_[end] == 'E')) {
      const bool has_sign =
          end + 1 < rest_.size() && (rest_[end + 1] == '+' || rest_[end + 1] == '-');
      const std::size_t digits = digits_at(end + 1 + (has_sign ? 1 : 0));
      if (digits == 0) {
        return false;
      }
      end += 1 + (has_sign ? 1 : 0) + digits;
    }
    value = Secret(rest_.substr(0, end));
    rest_.remove_prefix(end);
    return true;
  }

  bool take_string(SecretBytes& text) {
    if (!take('"')) {
      return false;
    }
    while (!rest_.empty()) {
      if (rest_.front() == '"') {
        rest_.remove_prefix(1);
        return true;
      }
      if (!(rest_.front() == '\\' ? take_escape(text) : take_character(text))) {
        return false;
      }
    }
    return false;
  }

  bool take_character(SecretBytes& text) {
    const std::size_t length = utf8_length(rest_);
    if (length == 0 || static_cast<unsigned char>(rest_.front()) < 0x20) {
      return false;
    }
    text.insert(text.end(), rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(length));
    rest_.remove_prefix(length);
    return true;
  }

  bool take_escape(SecretBytes& text) {
    constexpr std::string_view k_letters = "\"\\/bfnrt";
    constexpr std::string_view k_meant = "\"\\/\b\f\n\r\t";
    if (rest_.size() < 2) {
      return false;
    }
    const char letter = rest_[1];
    if (letter == 'u') {
      return take_code(text);
    }
    const std::size_t at = k_letters.find(letter);
    if (at == std::string_view::npos) {
      return false;
    }
    text.push_back(k_meant[at]);
    rest_.remove_prefix(2);
    return true;
  }

  // \uXXXX, two of them beyond the basic plane.
  bool take_code(SecretBytes& text) {
    std::uint32_t code = 0;
    if (!take_unit(code) || (code >= 0xDC00 && code <= 0xDFFF)) {
      return false;
    }
    if (code >= 0xD800 && code <= 0xDBFF) {
      std::uint32_t low = 0;
      if (!take_unit(low) || low < 0xDC00 || low > 0xDFFF) {
        return false;
      }
      code = 0x10000 + ((code - 0xD800) << 10U) + (low - 0xDC00);
    }
    append_utf8(text, code);
    return true;
  }

  bool take_unit(std::uint32_t& unit) {
    if (!rest_.starts_with("\\u") || rest_.size() < 6) {
      return false;
    }
    const char* const end = rest_.data() + 6;
    const auto result = std::from_chars(rest_.data() + 2, end, unit, 16);
    rest_.remove_prefix(6);
    return result.ec == std::errc{} && result.ptr == end;
  }

  std::string_view rest_;
};

} // namespace

std::optional<std::map<std::string, Secret>> read_secret_object(std::string_view text) {
  std::map<std::string, Secret> members;
  return SecretJson(text).take_whole(members) ? std::optional(std::move(members)) : std::nullopt;
}

} // namespace nightshift
