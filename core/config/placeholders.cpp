// SPDX-License-Identifier: Apache-2.0

#include "core/config/placeholders.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace nightshift {

namespace {

struct Placeholder {
  std::string_view name;
  std::string (*value)(const Deployment& deployment);

  // For `did_you_mean`.
  explicit operator std::string_view() const { return name; }
};

constexpr std::array k_placeholders{
    Placeholder{"deployment.id", [](const Deployment& d) { return std::to_string(d.id); }},
    Placeholder{"deployment.name", [](const Deployment& d) { return d.name; }},
    Placeholder{"deployment.source", [](const Deployment& d) { return d.source; }},
    Placeholder{"project.id", [](const Deployment& d) { return std::to_string(d.project.id); }},
    Placeholder{"project.name", [](const Deployment& d) { return d.project.name; }},
};

tl::expected<std::string, PlaceholderError> value_of(std::string_view name,
                                                     const Deployment* deployment) {
  const auto* const found = std::find_if(k_placeholders.begin(), k_placeholders.end(),
                                         [&](const Placeholder& p) { return p.name == name; });
  if (found == k_placeholders.end()) {
    std::string hint = did_you_mean(name, k_placeholders);
    return tl::unexpected(PlaceholderError{
        fmt::format("there is no placeholder {{{}}}", detail::one_short_line(name)),
        hint.empty() ? "a plain brace is written twice" : std::move(hint)});
  }
  if (deployment == nullptr) {
    return tl::unexpected(
        PlaceholderError{fmt::format("{{{}}} cannot be replaced: the job has no deployment", name),
                         R"(add "for_each: deployments" or "deployment: ID")"});
  }
  return found->value(*deployment);
}

} // namespace

tl::expected<std::string, PlaceholderError> fill_placeholders(std::string_view text,
                                                              const Deployment* deployment) {
  std::string filled;
  while (!text.empty()) {
    std::size_t length = 1;
    if (text.starts_with("{{") || text.starts_with("}}")) {
      filled += text.front();
      length = 2;
    } else if (text.front() == '{') {
      const std::size_t end = text.find('}');
      if (end == std::string_view::npos) {
        return tl::unexpected(
            PlaceholderError{"a \"{\" is never closed", "a plain brace is written twice"});
      }
      auto value = value_of(text.substr(1, end - 1), deployment);
      if (!value) {
        return value;
      }
      filled += *value;
      length = end + 1;
    } else {
      filled += text.front();
    }
    text.remove_prefix(length);
  }
  return filled;
}

} // namespace nightshift
