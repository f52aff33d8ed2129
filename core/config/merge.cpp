// SPDX-License-Identifier: Apache-2.0

#include "core/config/merge.hpp"

#include "core/config/load_job_file.hpp"

#include <nightshift/check_parameters.hpp>

#include <fmt/format.h>

#include <algorithm>
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

  void add(const Value::Map& tree, bool is_first) {
    for (const Value::Member& member : tree) {
      if (!take_part(member) && is_first) {
        root_.push_back(member);
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

  // Whether the member is part of a section that several files may bring, and of its type.
  bool take_part(const Value::Member& member) {
    const auto* map = member.value.as<Value::Map>();
    const auto* list = member.value.as<Value::List>();
    if (member.key == "sources" && map != nullptr) {
      add_sources(*map);
      note(sources_, member);
    } else if (member.key == "defaults" && map != nullptr) {
      add_defaults(*map);
      note(defaults_, member);
    } else if (member.key == "deployments" && list != nullptr) {
      append(deployments_, *list);
      note(deployments_, member);
    } else if (member.key == "jobs" && list != nullptr) {
      append(jobs_, *list);
      note(jobs_, member);
    } else {
      return false;
    }
    return true;
  }

  static void note(Parts& parts, const Value::Member& member) {
    parts.position = parts.position.value_or(member.value.position());
  }

  static void append(Parts& parts, const Value::List& more) {
    parts.list.insert(parts.list.end(), more.begin(), more.end());
  }

  void add_sources(const Value::Map& map) {
    for (const Value::Member& source : map) {
      const auto [first, is_new] = source_positions_.emplace(source.key, source.position);
      if (is_new) {
        sources_.map.push_back(source);
      } else {
        diagnostics_.error(source.position,
                           fmt::format("the source {} is already {}", shown(Value(source.key)),
                                       place_of(first->second, source.position, texts_)));
      }
    }
  }

  void add_defaults(const Value::Map& map) {
    for (const Value::Member& setting : map) {
      if (std::none_of(defaults_.map.begin(), defaults_.map.end(),
                       [&](const Value::Member& other) { return other.key == setting.key; })) {
        defaults_.map.push_back(setting);
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

Value merge_trees(const std::vector<Value>& trees, const std::vector<SourceText>& texts,
                  Diagnostics& diagnostics) {
  if (trees.empty()) {
    return {};
  }
  Merger merger(texts, diagnostics);
  for (const Value& tree : trees) {
    merger.add(*tree.as<Value::Map>(), &tree == trees.data());
  }
  return merger.take(trees.front().position());
}

} // namespace nightshift
