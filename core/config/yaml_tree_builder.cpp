// SPDX-License-Identifier: Apache-2.0

#include "core/config/yaml_tree_builder.hpp"

#include "core/base/text.hpp"
#include "core/config/core_schema.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace nightshift {

namespace {

std::size_t offset_of(const YAML::Mark& mark) {
  return static_cast<std::size_t>(std::max(mark.pos, 0));
}

} // namespace

YamlTree YamlTreeBuilder::take() {
  for (const Diagnostic& late : deferred_.errors()) {
    diagnostics_.error(late.position, late.message, late.hint);
  }
  for (const auto& [value, reference] : put_in_) {
    tree_.put_in.push_back({reference, value});
  }
  return std::move(tree_);
}

void YamlTreeBuilder::OnDocumentStart(const YAML::Mark& mark) {
  if (++documents_ == 1) {
    return;
  }
  const auto offset = offset_of(mark);
  const bool divided =
      source_.text.substr(std::min(offset, source_.text.size())).starts_with("---");
  error(mark, divided ? "a second document begins here; a job file is one"
                      : "this does not fit what stands above it; check the indentation");
  throw YamlStop{};
}

void YamlTreeBuilder::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (expects_key()) {
    set_bad_key(mark, "a key must be text");
    return;
  }
  if (!frames_.empty() && frames_.back().is_map && frames_.back().key_offset == mark.pos) {
    // Unless the syntax breaks later: then the parser may have taken some last text for a key.
    deferred_.error(position(mark), fmt::format("the key {} has no \":\" after it",
                                                shown(Value(frames_.back().key))));
  }
  spend({1, 0, 0}, mark);
  // The parser's mark is that of whatever comes next.
  const bool has_key = !frames_.empty() && frames_.back().is_map;
  add(Value::nothing_at(has_key ? frames_.back().key_position : position(mark)), {1, 0, 0}, anchor);
}

void YamlTreeBuilder::OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (expects_key()) {
    set_bad_key(mark, "a key must be text, not an alias");
    return;
  }
  const auto found = anchors_.find(anchor);
  if (found == anchors_.end()) {
    error(mark, "this alias stands within what it names");
    add(Value::nothing_at(position(mark)), {1, 0, 0}, 0);
    return;
  }
  const Extent extent = found->second.second;
  spend(extent, mark);
  add(found->second.first, extent, 0);
}

void YamlTreeBuilder::OnScalar(const YAML::Mark& mark, const std::string& tag,
                               YAML::anchor_t anchor, const std::string& text) {
  last_scalar_ = offset_of(mark);
  refuse_tag(mark, tag);
  spend({1, text.size(), 0}, mark);
  if (expects_key()) {
    take_key(mark, tag, text);
    if (anchor != 0) {
      keep(anchor, Value(text, position(mark)), {1, text.size(), 0});
    }
    return;
  }
  Value value = scalar(mark, tag == "?" ? Quoting::plain : Quoting::quoted, text);
  const auto* resolved = value.as<std::string>();
  const Extent extent{1, resolved != nullptr ? resolved->size() : 0, 0};
  spend({0, extent.bytes - std::min(extent.bytes, text.size()), 0}, mark);
  add(std::move(value), extent, anchor);
}

void YamlTreeBuilder::OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                                      YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
  open(mark, tag, anchor, false);
}

void YamlTreeBuilder::OnSequenceEnd() {
  Frame frame = close();
  add_closed(Value(std::move(frame.list), frame.position), frame);
}

void YamlTreeBuilder::OnMapStart(const YAML::Mark& mark, const std::string& tag,
                                 YAML::anchor_t anchor, YAML::EmitterStyle::value /*style*/) {
  open(mark, tag, anchor, true);
}

void YamlTreeBuilder::OnMapEnd() {
  Frame frame = close();
  frame.map.shrink_to_fit(); // there may be ten thousand, and what was grown for more would stay
  add_closed(Value(std::move(frame.map), frame.position), frame);
}

SourcePosition YamlTreeBuilder::position(const YAML::Mark& mark) {
  return positions_.at(offset_of(mark));
}

void YamlTreeBuilder::error(const YAML::Mark& mark, std::string message, std::string hint) {
  diagnostics_.error(position(mark), std::move(message), std::move(hint));
}

void YamlTreeBuilder::refuse_tag(const YAML::Mark& mark, const std::string& tag) {
  if (tag.empty() || tag == "?" || tag == "!") {
    return;
  }
  constexpr std::string_view k_standard = "tag:yaml.org,2002:";
  const bool standard = tag.starts_with(k_standard);
  error(mark,
        fmt::format("tags are not supported: {}{}", standard ? "!!" : "",
                    detail::one_short_line(standard ? tag.substr(k_standard.size()) : tag)),
        "put text in quotes");
}

void YamlTreeBuilder::spend(const Extent& extent, const YAML::Mark& mark) {
  spent_.nodes += extent.nodes;
  spent_.bytes += extent.bytes;
  if (spent_.nodes > yaml_limit::k_nodes) {
    error(mark, fmt::format("the file holds more than {} values, aliases resolved; put the "
                            "deployments into a CSV",
                            grouped(yaml_limit::k_nodes)));
    throw YamlStop{};
  }
  if (spent_.bytes > yaml_limit::k_text_bytes) {
    error(mark, "the file holds more than 16 MiB of text, aliases resolved");
    throw YamlStop{};
  }
  if (frames_.size() + extent.height > yaml_limit::k_depth) {
    error(mark, fmt::format("this is nested deeper than {} levels", yaml_limit::k_depth));
    throw YamlStop{};
  }
}

void YamlTreeBuilder::keep(YAML::anchor_t anchor, const Value& value, const Extent& extent) {
  // The copy is memory too, so it counts; where it is too much, the next event stops.
  spent_.nodes += extent.nodes;
  spent_.bytes += extent.bytes;
  if (spent_.nodes <= yaml_limit::k_nodes && spent_.bytes <= yaml_limit::k_text_bytes) {
    anchors_.insert_or_assign(anchor, std::pair(value, extent));
  }
}

bool YamlTreeBuilder::expects_key() const {
  return !frames_.empty() && frames_.back().is_map && !frames_.back().has_key;
}

void YamlTreeBuilder::take_key(const YAML::Mark& mark, const std::string& tag,
                               const std::string& text) {
  if (text == "<<" && tag == "?") {
    set_bad_key(mark, "merge keys (\"<<\") are not supported; write the keys out, or put what all "
                      "jobs share under \"defaults\"");
    return;
  }
  Frame& frame = frames_.back();
  frame.has_key = true;
  frame.key = text;
  frame.key_position = position(mark);
  frame.key_offset = mark.pos;
  const auto [first, is_new] = frame.lines.emplace(text, frame.key_position.line);
  frame.is_dropped = !is_new;
  if (!is_new) {
    error(mark, fmt::format("the key {} was already given on line {}", shown(Value(text)),
                            first->second));
  }
}

void YamlTreeBuilder::set_bad_key(const YAML::Mark& mark, std::string message) {
  error(mark, std::move(message));
  frames_.back().has_key = true;
  frames_.back().is_dropped = true;
  frames_.back().key_offset = -1;
}

Value YamlTreeBuilder::scalar(const YAML::Mark& mark, Quoting quoting, const std::string& text) {
  const SourcePosition begin = position(mark);
  if (text.find('\0') != std::string::npos) {
    error(mark, "a text must not hold a zero byte");
  }
  if (text.find("${") == std::string::npos) {
    return quoting == Quoting::plain ? read_plain(text, begin) : Value(text, begin);
  }
  auto value = interpolate(text, quoting, source_.folder, begin);
  if (value) {
    for (PutIn& put_in : value->put_in) {
      put_in_.emplace(std::move(put_in.value), std::move(put_in.reference));
    }
    return std::move(value->value);
  }
  InterpolationError& failure = value.error();
  // Exact where it will be shown; the search begins at the beginning.
  constexpr std::size_t k_most_exact = 100;
  diagnostics_.error(tree_.unresolved.size() < k_most_exact
                         ? position_of_reference(mark, text, failure.offset)
                         : begin,
                     std::move(failure.message), std::move(failure.hint));
  tree_.unresolved.push_back(begin);
  return Value::nothing_at(begin);
}

SourcePosition YamlTreeBuilder::position_of_reference(const YAML::Mark& mark, std::string_view text,
                                                      std::size_t offset) {
  const std::string_view file = source_.text;
  auto found = offset_of(mark);
  for (std::size_t at = text.find("${"); at < offset; at = text.find("${", at + 2)) {
    found = std::min(file.find("${", found), file.size()) + 2;
  }
  found = file.find("${", found);
  return found != std::string_view::npos ? position_at(file, found, source_.file) : position(mark);
}

void YamlTreeBuilder::open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                           bool is_map) {
  refuse_tag(mark, tag);
  Frame frame;
  frame.is_key = expects_key();
  if (frame.is_key) {
    error(mark, "a key must be text");
  }
  frame.before = spent_;
  spend({1, 0, 1}, mark);
  frame.position = position(mark);
  frame.anchor = anchor;
  frame.is_map = is_map;
  frames_.push_back(std::move(frame));
}

YamlTreeBuilder::Frame YamlTreeBuilder::close() {
  Frame frame = std::move(frames_.back());
  frames_.pop_back();
  return frame;
}

void YamlTreeBuilder::add_closed(Value value, const Frame& frame) {
  if (frame.is_key) {
    frames_.back().has_key = true;
    frames_.back().is_dropped = true;
    return;
  }
  add(std::move(value),
      {spent_.nodes - frame.before.nodes, spent_.bytes - frame.before.bytes, frame.height},
      frame.anchor);
}

void YamlTreeBuilder::add(Value value, const Extent& extent, YAML::anchor_t anchor) {
  if (anchor != 0) {
    keep(anchor, value, extent);
  }
  if (frames_.empty()) {
    tree_.root = std::move(value);
    return;
  }
  Frame& frame = frames_.back();
  frame.height = std::max(frame.height, extent.height + 1);
  if (!frame.is_map) {
    frame.list.push_back(std::move(value));
  } else if (!frame.is_dropped) {
    frame.map.push_back({std::move(frame.key), frame.key_position, std::move(value)});
  }
  frame.has_key = false;
  frame.is_dropped = false;
}

} // namespace nightshift
