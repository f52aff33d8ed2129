// SPDX-License-Identifier: Apache-2.0

#include "core/config/overrides.hpp"

#include "core/config/core_schema.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string_view>
#include <system_error>
#include <utility>

namespace nightshift {

namespace {

std::optional<std::size_t> parse_index(std::string_view text) {
  std::size_t index = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, index);
  return error == std::errc{} && stop == end ? std::optional(index) : std::nullopt;
}

class Setter {
 public:
  Setter(const Override& change, Diagnostics& diagnostics)
      : change_(change),
        diagnostics_(diagnostics) {}

  // `in` with the value put at the path's part from `begin` on.
  Value put(const Value& in, std::size_t begin) {
    const std::string_view path = change_.path;
    if (begin > path.size()) {
      return read_plain(change_.value, change_.position);
    }
    const std::size_t end = std::min(path.find('.', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    if (part.empty()) {
      fail("a path is keys with dots between, such as defaults.attempts");
      return in;
    }
    if (const auto* list = in.as<Value::List>()) {
      return put_in_list(in, *list, part, end);
    }
    if (in.as<Value::Map>() != nullptr || in.is_nothing()) {
      return put_in_map(in, part, end);
    }
    fail(fmt::format("{} is {} and has no keys", path.substr(0, begin - 1), in.type_name()));
    return in;
  }

  [[nodiscard]] bool failed() const noexcept { return failed_; }

 private:
  Value put_in_list(const Value& in, Value::List list, std::string_view part, std::size_t end) {
    const auto index = parse_index(part);
    if (!index || *index >= list.size()) {
      fail(fmt::format("there is no {}; the list has {} entries, counted from 0",
                       change_.path.substr(0, end), list.size()));
      return in;
    }
    list[*index] = put(list[*index], end + 1);
    return {std::move(list), in.position()};
  }

  Value put_in_map(const Value& in, std::string_view part, std::size_t end) {
    Value::Map map = in.is_nothing() ? Value::Map() : *in.as<Value::Map>();
    const auto member =
        std::find_if(map.begin(), map.end(), [&](const Value::Member& m) { return m.key == part; });
    if (member != map.end()) {
      member->value = put(member->value, end + 1);
      member->position = change_.position;
    } else {
      map.push_back({std::string(part), change_.position, put(Value(), end + 1)});
    }
    return {std::move(map), in.is_nothing() ? change_.position : in.position()};
  }

  void fail(std::string message) {
    failed_ = true;
    diagnostics_.error(change_.position, std::move(message));
  }

  const Override& change_;
  Diagnostics& diagnostics_;
  bool failed_ = false;
};

} // namespace

Value with_override(const Value& root, const Override& change, Diagnostics& diagnostics) {
  Setter setter(change, diagnostics);
  Value changed = setter.put(root, 0);
  return setter.failed() ? root : changed;
}

} // namespace nightshift
