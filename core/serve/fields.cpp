// SPDX-License-Identifier: Apache-2.0

#include "core/serve/fields.hpp"

#include "core/serve/api_error.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <set>
#include <stdexcept>

namespace nightshift::serve {
namespace {

// What is wrong with a field.
class Wrong : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

bool equal_in_any_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [&](char x, char y) { return lower(x) == lower(y); });
}

Json checked_integer(const Field& field, std::int64_t value) {
  if (value < field.least || value > field.most) {
    throw Wrong(fmt::format("must be from {} to {}", field.least, field.most));
  }
  return value;
}

Json checked_text(const Field& field, const std::string& text) {
  if (!field.choices.empty()) {
    for (const std::string_view choice : field.choices) {
      if (equal_in_any_case(choice, text)) {
        return choice;
      }
    }
    throw Wrong(fmt::format("must be one of {}", fmt::join(field.choices, ", ")));
  }
  const auto size = static_cast<std::int64_t>(text.size());
  if (size < field.least || size > field.most) {
    throw Wrong(size < field.least ? std::string("must not be empty")
                                   : fmt::format("must have at most {} bytes", field.most));
  }
  if (std::any_of(text.begin(), text.end(),
                  [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; })) {
    throw Wrong("must not hold control characters");
  }
  return text;
}

Json checked_words(const Field& field, std::string_view text) {
  Json words = Json::array();
  for (;;) {
    const std::string_view word = text.substr(0, text.find(','));
    words.push_back(checked_text(field, std::string(word)));
    if (word.size() == text.size()) {
      return words;
    }
    text.remove_prefix(word.size() + 1);
  }
}

Json flag_from(const std::string& text) {
  for (const std::string_view yes : {"", "1", "true", "yes"}) {
    if (equal_in_any_case(yes, text)) {
      return true;
    }
  }
  for (const std::string_view no : {"0", "false", "no"}) {
    if (equal_in_any_case(no, text)) {
      return false;
    }
  }
  throw Wrong("must be true or false");
}

Json from_query(const Field& field, const std::string& text) {
  switch (field.kind) {
  case FieldKind::integer: {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
      throw Wrong("must be a whole number");
    }
    return checked_integer(field, value);
  }
  case FieldKind::flag:
    return flag_from(text);
  case FieldKind::words:
    return checked_words(field, text);
  case FieldKind::text:
    break;
  }
  return checked_text(field, text);
}

Json from_body(const Field& field, const Json& value) {
  if (value.is_null() && field.nullable) {
    return value;
  }
  switch (field.kind) {
  case FieldKind::integer:
    if (!value.is_number_integer() ||
        (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)) {
      throw Wrong("must be a whole number");
    }
    return checked_integer(field, value.get<std::int64_t>());
  case FieldKind::flag:
    if (!value.is_boolean()) {
      throw Wrong("must be true or false");
    }
    return value;
  case FieldKind::text:
  case FieldKind::words:
    break;
  }
  if (!value.is_string()) {
    throw Wrong("must be a text");
  }
  return checked_text(field, value.get<std::string>());
}

const Field* find(const std::vector<Field>& fields, std::string_view name) {
  const auto found = std::find_if(fields.begin(), fields.end(),
                                  [&](const Field& field) { return field.name == name; });
  return found != fields.end() ? &*found : nullptr;
}

// Collects what is right and what is wrong.
class Check {
 public:
  explicit Check(const std::vector<Field>& fields) : fields_(fields) {}

  template <class Value, class Convert>
  void take(const std::string& name, const Value& value, Convert convert) {
    try {
      const Field* field = find(fields_, name);
      if (field == nullptr) {
        throw Wrong("is not known here");
      }
      if (right_.contains(name)) {
        throw Wrong("is given more than once");
      }
      right_[name] = convert(*field, value);
    } catch (const Wrong& wrong) {
      wrong_[name].push_back(wrong.what());
    }
  }

  [[nodiscard]] Json result() && {
    if (!wrong_.empty()) {
      throw bad_fields(std::move(wrong_));
    }
    return std::move(right_);
  }

 private:
  const std::vector<Field>& fields_;
  Json right_ = Json::object();
  Json wrong_ = Json::object();
};

} // namespace

Json check_query(const std::vector<Field>& fields, const Query& query) {
  Check check(fields);
  for (const auto& [name, value] : query) {
    check.take(name, value, from_query);
  }
  return std::move(check).result();
}

Json check_body(const std::vector<Field>& fields, const Json& body) {
  if (!body.is_object()) {
    throw ApiError(400, "invalid", "the body must be a JSON object");
  }
  Check check(fields);
  for (const auto& [name, value] : body.items()) {
    check.take(name, value, from_body);
  }
  return std::move(check).result();
}

Json schema_of(const Field& field) {
  Json schema = Json::object();
  switch (field.kind) {
  case FieldKind::integer:
    schema = {{"type", "integer"}, {"minimum", field.least}, {"maximum", field.most}};
    break;
  case FieldKind::flag:
    schema = {{"type", "boolean"}};
    break;
  case FieldKind::words:
    schema = {{"type", "array"}, {"items", {{"type", "string"}, {"enum", field.choices}}}};
    break;
  case FieldKind::text:
    schema = {{"type", "string"}};
    if (!field.choices.empty()) {
      schema["enum"] = field.choices;
    } else {
      schema["minLength"] = field.least;
      schema["maxLength"] = field.most;
    }
    break;
  }
  if (field.nullable) {
    schema["type"] = Json::array({schema["type"], "null"});
  }
  schema["description"] = field.help;
  return schema;
}

} // namespace nightshift::serve
