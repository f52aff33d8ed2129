// SPDX-License-Identifier: Apache-2.0

#include "core/config/interpolation.hpp"

#include "core/base/file.hpp"
#include "core/config/core_schema.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

namespace nightshift {

namespace {

namespace fs = std::filesystem;
using Resolved = tl::expected<std::string, InterpolationError>;

constexpr std::string_view k_open = "${";
constexpr std::string_view k_escaped = "$${";
constexpr std::size_t k_longest_file = std::size_t{64} * 1024;
constexpr std::size_t k_longest_text = std::size_t{1024} * 1024;

tl::unexpected<InterpolationError> failure(std::string message, std::string hint = {}) {
  return tl::unexpected(InterpolationError{0, std::move(message), std::move(hint)});
}

bool is_name(std::string_view name) {
  const auto is_letter = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  };
  return !name.empty() && is_letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

Resolved resolve_env(std::string_view what) {
  const std::size_t separator = what.find(":-");
  const std::string name(what.substr(0, separator));
  if (!is_name(name)) {
    return failure(fmt::format("{} is no name of an environment variable", shown(Value(name))));
  }
  const char* const value = std::getenv(name.c_str());
  if (separator != std::string_view::npos && (value == nullptr || *value == '\0')) {
    return std::string(what.substr(separator + 2));
  }
  if (value == nullptr) {
    return failure(fmt::format("the environment variable {} is not set", name),
                   fmt::format("set it, or write ${{env:{}:-default}}", name));
  }
  return value;
}

Resolved resolve_file(const fs::path& path) {
  if (path.native().find('}') != std::string::npos) {
    return failure("the path of a file that is put in must not hold a \"}\"");
  }
  try {
    std::string content = read_file(path, k_longest_file);
    if (content.ends_with('\n')) {
      content.resize(content.size() - (content.ends_with("\r\n") ? 2 : 1));
    }
    if (content.find('\0') != std::string::npos) {
      return failure(fmt::format("{} holds a zero byte, so it is no text", path.string()));
    }
    return content;
  } catch (const JobError& error) {
    return failure(error.what());
  }
}

// Walks through a text and puts in what its `${…}` stand for.
class Interpolator {
 public:
  Interpolator(std::string_view text, const fs::path& folder) : rest_(text), folder_(folder) {}

  [[nodiscard]] std::optional<InterpolationError> run() {
    const std::string_view all = rest_;
    while (!rest_.empty()) {
      const std::size_t at = all.size() - rest_.size();
      auto error = step();
      if (!error && resolved_.size() > k_longest_text) {
        error = InterpolationError{0, "the text is longer than 1 MiB once all is put in", ""};
      }
      if (error) {
        error->offset = at;
        return error;
      }
    }
    return std::nullopt;
  }

  [[nodiscard]] const std::string& resolved() const noexcept { return resolved_; }

  [[nodiscard]] const std::string& unresolved() const noexcept { return unresolved_; }

  [[nodiscard]] const std::vector<PutIn>& put_in() const noexcept { return put_in_; }

  // Whether the text is one `${…}` and nothing else.
  [[nodiscard]] bool is_whole() const noexcept { return put_in_.size() == 1 && !has_text_; }

 private:
  std::optional<InterpolationError> step() {
    if (rest_.starts_with(k_escaped)) {
      take_text(k_escaped.size(), k_open);
    } else if (!rest_.starts_with(k_open)) {
      const std::size_t length = std::min(rest_.find('$', 1), rest_.size());
      take_text(length, rest_.substr(0, length));
    } else {
      return take_reference();
    }
    return std::nullopt;
  }

  void take_text(std::size_t length, std::string_view meaning) {
    resolved_ += meaning;
    unresolved_ += rest_.substr(0, length);
    rest_.remove_prefix(length);
    has_text_ = true;
  }

  std::optional<InterpolationError> take_reference() {
    const std::size_t end = rest_.find('}');
    if (end == std::string_view::npos) {
      return InterpolationError{0, "a \"${\" is never closed", R"(a plain "${" is written "$${")"};
    }
    const std::string_view inner = rest_.substr(k_open.size(), end - k_open.size());
    Resolved value;
    if (inner.starts_with("env:")) {
      value = resolve_env(inner.substr(4));
      unresolved_ += rest_.substr(0, end + 1);
    } else if (inner.starts_with("file:")) {
      const fs::path path = folder_ / inner.substr(5);
      value = resolve_file(path);
      unresolved_ += fmt::format("${{file:{}}}", path.native());
    } else {
      value = failure(
          fmt::format("{} is neither env:NAME nor file:PATH", shown(Value(std::string(inner)))),
          R"(a plain "${" is written "$${")");
    }
    if (!value) {
      return value.error();
    }
    resolved_ += *value;
    put_in_.push_back({std::string(rest_.substr(0, end + 1)), *std::move(value)});
    rest_.remove_prefix(end + 1);
    return std::nullopt;
  }

  std::string_view rest_;
  const fs::path& folder_;
  std::string resolved_;
  std::string unresolved_;
  std::vector<PutIn> put_in_;
  bool has_text_ = false; // outside of the `${…}`
};

// Text that reads as plain where it was quoted gets its quotes back.
std::string recorded_form(const Interpolator& done, Quoting quoting) {
  const std::string& text = done.unresolved();
  if ((done.is_whole() && quoting == Quoting::quoted) || text.starts_with('"')) {
    return '"' + text + '"';
  }
  return text;
}

} // namespace

tl::expected<Interpolated, InterpolationError> interpolate(std::string_view text, Quoting quoting,
                                                           const fs::path& folder,
                                                           SourcePosition position) {
  Interpolator interpolator(text, folder);
  if (auto error = interpolator.run()) {
    return tl::unexpected(std::move(*error));
  }
  Value value = interpolator.is_whole() && quoting == Quoting::plain
                    ? read_plain(interpolator.resolved(), position)
                    : Value(interpolator.resolved(), position);
  if (!interpolator.put_in().empty()) {
    value.set_unresolved(recorded_form(interpolator, quoting));
  }
  return Interpolated{std::move(value), interpolator.put_in()};
}

namespace {

// What `recorded_form` wrote.
tl::expected<Interpolated, InterpolationError> interpolate_recorded(std::string_view text) {
  Quoting quoting = Quoting::plain;
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) {
    text = text.substr(1, text.size() - 2);
    quoting = Quoting::quoted;
  }
  return interpolate(text, quoting, "/", {});
}

void collect(const Value& value, std::vector<PutIn>& put_in) {
  if (const auto* list = value.as<Value::List>()) {
    for (const Value& item : *list) {
      collect(item, put_in);
    }
  } else if (const auto* map = value.as<Value::Map>()) {
    for (const Value::Member& member : *map) {
      collect(member.value, put_in);
    }
  } else if (value.as<std::string>() != nullptr && !value.unresolved().empty()) {
    if (auto now = interpolate_recorded(value.unresolved())) {
      put_in.insert(put_in.end(), now->put_in.begin(), now->put_in.end());
    }
  }
}

} // namespace

std::string without_secrets(std::string text, const std::vector<PutIn>& put_in) {
  constexpr std::size_t k_shortest = 3;
  for (const PutIn& secret : put_in) {
    if (secret.value.size() < k_shortest) {
      continue;
    }
    for (auto at = text.find(secret.value); at != std::string::npos;
         at = text.find(secret.value, at + secret.reference.size())) {
      text.replace(at, secret.value.size(), secret.reference);
    }
  }
  return text;
}

void sort_for_replacing(std::vector<PutIn>& put_in) {
  std::sort(put_in.begin(), put_in.end(), [](const PutIn& a, const PutIn& b) {
    return std::pair(b.value.size(), a.value) < std::pair(a.value.size(), b.value);
  });
}

std::vector<PutIn> put_in_of(std::initializer_list<const Value*> values) {
  std::vector<PutIn> put_in;
  for (const Value* value : values) {
    collect(*value, put_in);
  }
  sort_for_replacing(put_in);
  return put_in;
}

Value resolve_recorded(const std::string& unresolved) {
  auto value = interpolate_recorded(unresolved);
  if (!value) {
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("cannot resolve {}: {}", detail::one_short_line(unresolved),
                                      value.error().message));
  }
  return std::move(value->value);
}

} // namespace nightshift
