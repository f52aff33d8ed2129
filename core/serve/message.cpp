// SPDX-License-Identifier: Apache-2.0

#include "core/serve/message.hpp"

#include <algorithm>
#include <charconv>

namespace nightshift::serve {
namespace {

enum class Plus : bool { stays, is_blank };

std::optional<std::string> decoded(std::string_view text, Plus plus) {
  std::string plain;
  plain.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      plain += plus == Plus::is_blank && text[at] == '+' ? ' ' : text[at];
      continue;
    }
    const std::string_view digits = text.substr(at + 1, 2);
    unsigned value = 0;
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (error != std::errc{} || digits.size() != 2 || end != digits.data() + 2) {
      return std::nullopt;
    }
    plain += static_cast<char>(value);
    at += 2;
  }
  return plain.find('\0') == std::string::npos ? std::optional(std::move(plain)) : std::nullopt;
}

std::optional<Query> parse_query(std::string_view text) {
  Query query;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    auto name = decoded(pair.substr(0, equals), Plus::is_blank);
    auto value = decoded(pair.substr(std::min(equals + 1, pair.size())), Plus::is_blank);
    if (!name || !value) {
      return std::nullopt;
    }
    if (!pair.empty()) {
      query.emplace_back(*std::move(name), *std::move(value));
    }
  }
  return query;
}

} // namespace

std::optional<Target> parse_target(std::string_view target) {
  target = target.substr(0, target.find('#'));
  const std::size_t mark = std::min(target.find('?'), target.size());
  auto path = decoded(target.substr(0, mark), Plus::stays);
  auto query = parse_query(target.substr(std::min(mark + 1, target.size())));
  if (!path || !query || !path->starts_with('/')) {
    return std::nullopt;
  }
  return Target{*std::move(path), *std::move(query)};
}

} // namespace nightshift::serve
