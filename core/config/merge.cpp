// SPDX-License-Identifier: Apache-2.0

#include "core/config/merge.hpp"

#include "core/config/load_job_file.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {

namespace {

// The parts of one section that the files bring.
struct Parts {
  std::optional<SourcePosition> position; // of the first
  Value::Map map;
  Value::List list;
};

class Merger {
 public:
  Merger(const std::vector<SourceText>& texts, Diagnostics& diagnostics)
      : texts_(texts),
        diagnostics_(diagnostics) {}

  void add(Value::Map tree, bool is_first) {
    for (Value::Member& member : tree) {
      if (!take_part(member) && is_first) {
        root_.push_back(std::move(member));
      }
    }
  }

  Value take(SourcePosition position) {
    add_section("sources", Value(std::move(sources_.map), at(sources_)));
    add_section("defaults", Value(std::move(defaults_.map), at(defaults_)));
    add_section("deployments", Value(std::move(deployments_.list), at(deployments_)));
    add_section("jobs", Value(std::move(jobs_.list), at(jobs_)));
    return {std::move(root_), position};
  }

 private:
  static SourcePosition at(const Parts& parts) { return parts.position.value_or(SourcePosition{}); }

  // Whether the member is part of a section that several files may bring, and of its type: then
  // what it holds is taken out of it.
  bool take_part(Value::Member& member) {
    const bool is_map = member.value.as<Value::Map>() != nullptr;
    const bool is_list = member.value.as<Value::List>() != nullptr;
    if (member.key == "sources" && is_map) {
      note(sources_, member);
      add_sources(std::move(member.value).take<Value::Map>());
    } else if (member.key == "defaults" && is_map) {
      note(defaults_, member);
      add_defaults(std::move(member.value).take<Value::Map>());
    } else if (member.key == "deployments" && is_list) {
      note(deployments_, member);
      append(deployments_, std::move(member.value).take<Value::List>());
    } else if (member.key == "jobs" && is_list) {
      note(jobs_, member);
      append(jobs_, std::move(member.value).take<Value::List>());
    } else {
      return false;
    }
    return true;
  }

  static void note(Parts& parts, const Value::Member& member) {
    parts.position = parts.position.value_or(member.value.position());
  }

  static void append(Parts& parts, Value::List more) {
    if (parts.list.empty()) {
      parts.list = std::move(more);
      return;
    }
    parts.list.insert(parts.list.end(), std::make_move_iterator(more.begin()),
                      std::make_move_iterator(more.end()));
  }

  void add_sources(Value::Map map) {
    for (Value::Member& source : map) {
      const auto [first, is_new] = source_positions_.emplace(source.key, source.position);
      if (is_new) {
        sources_.map.push_back(std::move(source));
      } else {
        diagnostics_.error(source.position,
                           fmt::format("the source {} is already {}", shown(Value(source.key)),
                                       place_of(first->second, source.position, texts_)));
      }
    }
  }

  void add_defaults(Value::Map map) {
    for (Value::Member& setting : map) {
      if (std::none_of(defaults_.map.begin(), defaults_.map.end(),
                       [&](const Value::Member& other) { return other.key == setting.key; })) {
        defaults_.map.push_back(std::move(setting));
      }
    }
  }

  // Where the job file's own section is of the wrong type, that is what is to be reported.
  void add_section(std::string key, Value value) {
    const bool is_taken = std::any_of(
        root_.begin(), root_.end(), [&](const Value::Member& member) { return member.key == key; });
    if (value.position().line > 0 && !is_taken) {
      const SourcePosition position = value.position();
      root_.push_back({std::move(key), position, std::move(value)});
    }
  }

  const std::vector<SourceText>& texts_;
  Diagnostics& diagnostics_;
  Value::Map root_;
  Parts sources_;
  Parts defaults_;
  Parts deployments_;
  Parts jobs_;
  std::map<std::string, SourcePosition, std::less<>> source_positions_;
};

} // namespace

Value merge_trees(std::vector<Value> trees, const std::vector<SourceText>& texts,
                  Diagnostics& diagnostics) {
  if (trees.empty()) {
    return {};
  }
  Merger merger(texts, diagnostics);
  const SourcePosition position = trees.front().position();
  bool is_first = true;
  for (Value& tree : trees) {
    merger.add(std::move(tree).take<Value::Map>(), std::exchange(is_first, false));
  }
  return merger.take(position);
}

} // namespace nightshift
