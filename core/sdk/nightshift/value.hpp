// SPDX-License-Identifier: Apache-2.0
//
// What a person wrote, as a tree that remembers where each part stood. Plugins get their parameters
// this way and never see the YAML library.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace nightshift {

// Where something was written. `file` is an index into the files that were read together.
struct SourcePosition {
  int file = 0;
  int line = 0; // from 1; 0 when it was not read from a file
  int column = 0;

  friend bool operator==(const SourcePosition&, const SourcePosition&) = default;
};

// Immutable once built, apart from whole-value assignment.
class Value {
 public:
  struct Member;
  using List = std::vector<Value>;
  using Map = std::vector<Member>; // in the order of the file; keys are unique

  Value() noexcept; // nothing, as in `key:`
  Value(bool value, SourcePosition position = {});
  Value(int value, SourcePosition position = {});
  Value(std::int64_t value, SourcePosition position = {});
  Value(double value, SourcePosition position = {});
  Value(std::string value, SourcePosition position = {});
  Value(const char* value, SourcePosition position = {});
  Value(List value, SourcePosition position = {});
  Value(Map value, SourcePosition position = {});
  Value(const Value&);
  Value(Value&&) noexcept;
  Value& operator=(const Value&);
  Value& operator=(Value&&) noexcept;
  ~Value();

  [[nodiscard]] static Value nothing_at(SourcePosition position);

  [[nodiscard]] bool is_nothing() const noexcept {
    return std::holds_alternative<std::monostate>(data_);
  }

  // The value as `T` (bool, std::int64_t, double, std::string, List, Map), or null if it is of
  // another type. No conversions.
  template <class T>
  [[nodiscard]] const T* as() const noexcept {
    return std::get_if<T>(&data_);
  }

  // The value itself, out of one that nobody needs any more; only where `as<T>()` is not null.
  template <class T>
  [[nodiscard]] T take() && {
    return std::get<T>(std::move(data_));
  }

  // The member of that name; null if there is none or this is no map.
  [[nodiscard]] const Value* find(std::string_view key) const noexcept;

  [[nodiscard]] SourcePosition position() const noexcept { return position_; }

  // What stood in the file before `${env:NAME}` and the like were put in, or "" if it is the value
  // itself. This, never the resolved text, goes into records.
  [[nodiscard]] const std::string& unresolved() const noexcept { return unresolved_; }

  void set_unresolved(std::string text) { unresolved_ = std::move(text); }

  // "text", "a whole number", "a list": for messages.
  [[nodiscard]] std::string_view type_name() const noexcept;

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> data_;
  SourcePosition position_;
  std::string unresolved_;
};

struct Value::Member {
  std::string key;
  SourcePosition position; // of the key
  Value value;
};

// Out of the class, where `Member` is complete.
inline Value::Value() noexcept = default;

inline Value::Value(bool value, SourcePosition position) : data_(value), position_(position) {}

inline Value::Value(int value, SourcePosition position)
    : data_(std::int64_t{value}),
      position_(position) {}

inline Value::Value(std::int64_t value, SourcePosition position)
    : data_(value),
      position_(position) {}

inline Value::Value(double value, SourcePosition position) : data_(value), position_(position) {}

inline Value::Value(std::string value, SourcePosition position)
    : data_(std::move(value)),
      position_(position) {}

inline Value::Value(const char* value, SourcePosition position)
    : data_(std::string(value)),
      position_(position) {}

inline Value::Value(List value, SourcePosition position)
    : data_(std::move(value)),
      position_(position) {}

inline Value::Value(Map value, SourcePosition position)
    : data_(std::move(value)),
      position_(position) {}

inline Value::Value(const Value&) = default;
inline Value::Value(Value&&) noexcept = default;
inline Value& Value::operator=(const Value&) = default;
inline Value& Value::operator=(Value&&) noexcept = default;
inline Value::~Value() = default;

inline Value Value::nothing_at(SourcePosition position) {
  Value value;
  value.position_ = position;
  return value;
}

inline const Value* Value::find(std::string_view key) const noexcept {
  if (const Map* map = as<Map>()) {
    for (const Member& member : *map) {
      if (member.key == key) {
        return &member.value;
      }
    }
  }
  return nullptr;
}

inline std::string_view Value::type_name() const noexcept {
  constexpr std::string_view k_names[] = {"nothing", "true or false", "a whole number", "a number",
                                          "text",    "a list",        "a map"};
  return k_names[data_.index()];
}

} // namespace nightshift
