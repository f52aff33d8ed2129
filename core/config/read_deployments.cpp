// SPDX-License-Identifier: Apache-2.0

#include "core/config/read_deployments.hpp"

#include "core/base/regex.hpp"
#include "core/config/sections.hpp"
#include "core/config/suggester.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace nightshift {

namespace {

// The member of that name, if it is a `T`.
template <class T>
const Value* member(const Value& entry, std::string_view key) {
  const Value* value = entry.find(key);
  return value != nullptr && value->as<T>() != nullptr ? value : nullptr;
}

std::string text_of(const Value& entry, std::string_view key) {
  const Value* text = member<std::string>(entry, key);
  return text != nullptr ? *text->as<std::string>() : std::string();
}

std::optional<double> number_of(const Value& entry, std::string_view key) {
  const Value* value = entry.find(key);
  return value != nullptr ? detail::measure(*value, ParameterType::number) : std::nullopt;
}

// In order, to be searched.
std::vector<std::string> source_names(const Value& root) {
  std::vector<std::string> names;
  if (const Value* sources = member<Value::Map>(root, "sources")) {
    for (const Value::Member& source : *sources->as<Value::Map>()) {
      names.push_back(source.key);
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class DeploymentsReader {
 public:
  DeploymentsReader(const LoadedJobFile& loaded, Diagnostics& diagnostics)
      : loaded_(loaded),
        diagnostics_(diagnostics),
        sources_(source_names(loaded.root)) {}

  // Null for one with mistakes.
  std::shared_ptr<const Deployment> read(const Value& entry) {
    const std::size_t mistakes = diagnostics_.errors().size();
    check_parameters(entry, section_.keys, section_.what, diagnostics_);
    const Value* project = member<Value::Map>(entry, "project");
    if (project != nullptr) {
      check_parameters(*project, project_section_.keys, project_section_.what, diagnostics_);
      check_project(*project);
    }
    check_id(entry);
    check_source(entry);
    check_regex(entry);
    check_subdir(entry);
    if (diagnostics_.errors().size() > mistakes) {
      return nullptr;
    }
    return std::make_shared<const Deployment>(make(entry, *project));
  }

 private:
  static Deployment make(const Value& entry, const Value& project) {
    Deployment deployment;
    deployment.id = *entry.find("id")->as<std::int64_t>();
    deployment.name = text_of(entry, "name");
    deployment.project = {*project.find("id")->as<std::int64_t>(), text_of(project, "name")};
    deployment.source = text_of(entry, "source");
    deployment.subdir = text_of(entry, "subdir");
    deployment.regex = text_of(entry, "regex");
    deployment.time_zone = text_of(entry, "time_zone");
    deployment.latitude = number_of(entry, "latitude");
    deployment.longitude = number_of(entry, "longitude");
    return deployment;
  }

  void check_id(const Value& entry) {
    const Value* id = member<std::int64_t>(entry, "id");
    if (id == nullptr) {
      return;
    }
    const auto [first, is_new] = ids_.emplace(*id->as<std::int64_t>(), id->position());
    if (!is_new) {
      diagnostics_.error(id->position(),
                         fmt::format("the deployment {} is already {}", shown(*id),
                                     place_of(first->second, id->position(), loaded_.texts)));
    }
  }

  void check_project(const Value& project) {
    const Value* id = member<std::int64_t>(project, "id");
    const Value* name = member<std::string>(project, "name");
    if (id == nullptr || name == nullptr) {
      return;
    }
    const auto [known, is_new] = projects_.emplace(*id->as<std::int64_t>(), name);
    const Value& first = *known->second;
    if (*first.as<std::string>() != *name->as<std::string>()) {
      diagnostics_.error(name->position(),
                         fmt::format("the project {} is called {} {}", shown(*id), shown(first),
                                     place_of(first.position(), name->position(), loaded_.texts)));
    }
  }

  void check_source(const Value& entry) {
    const Value* source = member<std::string>(entry, "source");
    if (source == nullptr || loaded_.lacks_files) {
      return;
    }
    const auto& name = *source->as<std::string>();
    const std::vector<std::string>& known = sources_.known();
    if (!std::binary_search(known.begin(), known.end(), name)) {
      diagnostics_.error(source->position(), fmt::format("there is no source {}", shown(*source)),
                         source->unresolved().empty() ? sources_.suggest(name) : "");
    }
  }

  // No storage goes up from its root; told here, where the place is known.
  void check_subdir(const Value& entry) {
    const Value* subdir = member<std::string>(entry, "subdir");
    if (subdir == nullptr) {
      return;
    }
    const std::string path = '/' + *subdir->as<std::string>() + '/';
    if (path.find("/../") != std::string::npos) {
      diagnostics_.error(subdir->position(), "a subdir must not hold \"..\"",
                         "it is a folder below the source's root; make that another source");
    }
  }

  void check_regex(const Value& entry) {
    const Value* regex = member<std::string>(entry, "regex");
    if (regex == nullptr) {
      return;
    }
    const auto& text = *regex->as<std::string>();
    if (text.empty() || good_regexes_.contains(text)) {
      return;
    }
    try {
      static_cast<void>(compile_regex(text));
      good_regexes_.insert(text);
    } catch (const JobError& error) {
      diagnostics_.error(regex->position(), error.what());
    }
  }

  const LoadedJobFile& loaded_;
  Diagnostics& diagnostics_;
  const Section section_ = deployment_section();
  const Section project_section_ = project_section();
  Suggester sources_;
  std::unordered_map<std::int64_t, SourcePosition> ids_;
  std::unordered_map<std::int64_t, const Value*> projects_; // their names, in the tree
  std::set<std::string> good_regexes_;
};

} // namespace

std::vector<std::shared_ptr<const Deployment>> read_deployments(const LoadedJobFile& loaded,
                                                                Diagnostics& diagnostics) {
  std::vector<std::shared_ptr<const Deployment>> deployments;
  const Value* section = loaded.root.find("deployments");
  const auto* list = section != nullptr ? section->as<Value::List>() : nullptr;
  if (list == nullptr) {
    return deployments;
  }
  DeploymentsReader reader(loaded, diagnostics);
  for (const Value& entry : *list) {
    if (auto deployment = reader.read(entry)) {
      deployments.push_back(std::move(deployment));
    }
  }
  return deployments;
}

} // namespace nightshift
