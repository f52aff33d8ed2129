// SPDX-License-Identifier: Apache-2.0

#include "core/base/json.hpp"

#include <utility>

namespace nightshift {
namespace {

constexpr int k_indent = 2;

std::string indented(const Json& json) {
  return json.dump(k_indent, ' ', false, Json::error_handler_t::replace);
}

// Appends `json` as it stands so many levels deep. Line breaks in texts are escaped: those that are
// there are between the parts.
void append_at_depth(std::string& text, const Json& json, std::size_t depth) {
  const std::string own = indented(json);
  std::size_t begin = 0;
  for (auto end = own.find('\n'); end != std::string::npos; end = own.find('\n', begin)) {
    text.append(own, begin, end + 1 - begin);
    text.append(depth * k_indent, ' ');
    begin = end + 1;
  }
  text.append(own, begin);
}

} // namespace

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string to_page(const Json& json) {
  return indented(json) + "\n";
}

void write_page(const Json& object, const ListOfPage& list,
                FunctionRef<void(std::string_view)> out) {
  constexpr std::size_t k_piece = std::size_t{64} * 1024;
  std::string text = "{";
  const auto begin_line = [&text](std::size_t depth, bool is_first) {
    text += is_first ? "\n" : ",\n";
    text.append(depth * k_indent, ' ');
  };
  bool is_first = true;
  for (const auto& [key, value] : object.items()) {
    begin_line(1, std::exchange(is_first, false));
    text += to_line(key) + ": ";
    if (key != list.key || list.size == 0) {
      append_at_depth(text, value, 1);
      continue;
    }
    text += '[';
    for (std::size_t i = 0; i < list.size; ++i) {
      begin_line(2, i == 0);
      append_at_depth(text, list.item(i), 2);
      if (text.size() >= k_piece) {
        out(text);
        text.clear();
      }
    }
    text += "\n  ]";
  }
  out(text += "\n}\n");
}

const Json& member(const Json& json, const char* key) {
  static const Json k_none;
  const auto found = json.find(key);
  return found != json.end() ? *found : k_none;
}

Json text_or_null(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

} // namespace nightshift
