// SPDX-License-Identifier: Apache-2.0

#include "core/config/load_job_file.hpp"

#include "core/base/file.hpp"
#include "core/config/deployments_csv.hpp"
#include "core/config/merge.hpp"
#include "core/config/overrides.hpp"
#include "core/config/sections.hpp"
#include "core/config/text_check.hpp"
#include "core/config/with_member.hpp"
#include "core/config/yaml_reader.hpp"

#include <nightshift/check_parameters.hpp>
#include <nightshift/error.hpp>
#include <nightshift/function_ref.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

namespace nightshift {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_file = std::size_t{4} * 1024 * 1024;
constexpr std::size_t k_largest_csv = std::size_t{16} * 1024 * 1024;
constexpr std::size_t k_most_files = 100;

std::string read_limited(const fs::path& path, std::size_t limit, std::string_view advice) {
  std::error_code ignored;
  if (const auto size = fs::file_size(path, ignored); !ignored && size > limit) {
    constexpr double k_mebibyte = 1024 * 1024;
    throw permanent_error(error_code::k_config,
                          fmt::format("{} is {:.1f} MiB; {}", path.string(),
                                      std::ceil(static_cast<double>(size) / k_mebibyte * 10) / 10,
                                      advice));
  }
  return read_file(path, limit);
}

// The file's identity, whichever way it is named.
std::string identity_of(const fs::path& path) {
  std::error_code ignored;
  const fs::path canonical = fs::weakly_canonical(path, ignored);
  return ignored ? path.lexically_normal().string() : canonical.string();
}

class Loader {
 public:
  explicit Loader(const LoadDiagnostics& diagnostics) : diagnostics_(diagnostics) {}

  LoadedJobFile load(const fs::path& path, const JobFileOverrides& overrides) {
    std::string text = read_yaml_file(path);
    add_file(path, std::move(text));
    loaded_.root = merge_trees(std::move(trees_), loaded_.texts, diagnostics_.meaning);
    for (const auto& [key, value] : overrides.set) {
      const SourcePosition position{static_cast<int>(loaded_.texts.size()), 0, 0};
      loaded_.texts.push_back({fmt::format("--set {}={}", key, value), ""});
      loaded_.root = with_override(loaded_.root, {key, value, position}, diagnostics_.meaning);
    }
    sort_for_replacing(loaded_.put_in);
    return std::move(loaded_);
  }

 private:
  static std::string read_yaml_file(const fs::path& path) {
    return read_limited(path, k_largest_file,
                        "a job file may have 4 MiB; put the deployments into a CSV");
  }

  void add_file(const fs::path& path, std::string text) {
    const int file = static_cast<int>(loaded_.texts.size());
    loaded_.texts.push_back({path, std::move(text)});
    under_way_.emplace_back(identity_of(path), path);
    Value tree = parse(file);
    loaded_.lacks_files = loaded_.lacks_files || tree.is_nothing();
    if (tree.as<Value::Map>() != nullptr) {
      if (const Value* entry = tree.find("deployments");
          entry != nullptr && entry->as<Value::Map>() != nullptr) {
        Value list(read_deployments_file(*entry), entry->position());
        tree = with_member(tree, "deployments", std::move(list));
      }
      if (file > 0) {
        const Section section = included_file_section();
        check_parameters(tree, section.keys, section.what, diagnostics_.meaning);
      }
      const Value* include = tree.find("include");
      const Value includes = include != nullptr ? *include : Value();
      trees_.push_back(std::move(tree));
      if (const auto* list = includes.as<Value::List>()) {
        for (const Value& entry : *list) {
          add_included(entry);
        }
      }
    }
    done_.insert(under_way_.back().first);
    under_way_.pop_back();
  }

  // The file's tree, or nothing if it has none, which was reported.
  Value parse(int file) {
    const SourceText& source = loaded_.texts[static_cast<std::size_t>(file)];
    const std::string_view text = without_byte_order_mark(source.text);
    if (!check_text(text, file, diagnostics_.reading)) {
      return {};
    }
    const std::size_t mistakes = diagnostics_.reading.errors().size();
    YamlTree tree = read_yaml({text, file, folder_of_file(source)}, diagnostics_.reading);
    loaded_.unresolved.insert(loaded_.unresolved.end(), tree.unresolved.begin(),
                              tree.unresolved.end());
    loaded_.put_in.insert(loaded_.put_in.end(), tree.put_in.begin(), tree.put_in.end());
    if (!tree.root && diagnostics_.reading.errors().size() > mistakes) {
      return {};
    }
    if (!tree.root || tree.root->is_nothing()) {
      diagnostics_.reading.error({file, 0, 0},
                                 "the file is empty; a job file has at least \"version: 1\" and "
                                 "\"jobs\"");
      return {};
    }
    if (tree.root->as<Value::Map>() == nullptr) {
      diagnostics_.reading.error(
          tree.root->position(),
          fmt::format("a job file is a map of keys and values, not {}",
                      tree.root->as<std::string>() != nullptr ? "text" : shown(*tree.root)),
          R"(it begins with "version: 1"; mind the blank after the ":")");
      return {};
    }
    return *std::move(tree.root);
  }

  void add_included(const Value& entry) {
    const auto* name = entry.as<std::string>();
    if (name == nullptr) {
      return;
    }
    const fs::path path = path_beside(entry, *name);
    const std::string identity = identity_of(path);
    const auto same = [&](const auto& file) { return file.first == identity; };
    const auto begin = std::find_if(under_way_.begin(), under_way_.end(), same);
    if (begin != under_way_.end()) {
      std::vector<std::string> cycle;
      std::transform(begin, under_way_.end(), std::back_inserter(cycle),
                     [](const auto& file) { return file.second.string(); });
      cycle.push_back(begin->second.string());
      diagnostics_.meaning.error(entry.position(), fmt::format("the files include each other: {}",
                                                               fmt::join(cycle, " → ")));
      return;
    }
    if (done_.contains(identity)) {
      return; // two files may share a third
    }
    if (trees_.size() >= k_most_files) {
      diagnostics_.meaning.error(entry.position(),
                                 fmt::format("more than {} files are included", k_most_files));
      return;
    }
    if (auto text =
            read_at(entry, path, [](const fs::path& from) { return read_yaml_file(from); })) {
      add_file(path, *std::move(text));
    } else {
      loaded_.lacks_files = true;
    }
  }

  // The text of a file that `entry` names; nothing if it cannot be read, which is reported there.
  std::optional<std::string> read_at(const Value& entry, const fs::path& path,
                                     FunctionRef<std::string(const fs::path&)> read) {
    try {
      return read(path);
    } catch (const JobError& error) {
      diagnostics_.meaning.error(entry.position(), error.what());
      return std::nullopt;
    }
  }

  // The entries of `deployments: {csv: PATH}`.
  Value::List read_deployments_file(const Value& entry) {
    const Section section = deployments_csv_section();
    check_parameters(entry, section.keys, section.what, diagnostics_.meaning);
    const Value* csv = entry.find("csv");
    const auto* name = csv != nullptr ? csv->as<std::string>() : nullptr;
    Value::List deployments;
    if (name == nullptr || name->empty()) {
      return deployments;
    }
    const fs::path path = path_beside(*csv, *name);
    const auto read = [](const fs::path& from) {
      return read_limited(from, k_largest_csv, "a CSV of deployments may have 16 MiB");
    };
    const std::size_t mistakes = diagnostics_.meaning.errors().size();
    if (auto text = read_at(*csv, path, read)) {
      const int file = static_cast<int>(loaded_.texts.size());
      loaded_.texts.push_back({path, *std::move(text)});
      deployments = read_deployments_csv(loaded_.texts.back().text, file, diagnostics_.meaning);
    }
    loaded_.lacks_deployments =
        loaded_.lacks_deployments || diagnostics_.meaning.errors().size() > mistakes;
    return deployments;
  }

  // A path relative to the file that names it, as a user would write it.
  [[nodiscard]] fs::path path_beside(const Value& entry, const std::string& name) const {
    const auto file = static_cast<std::size_t>(entry.position().file);
    return (loaded_.texts[file].path.parent_path() / name).lexically_normal();
  }

  const LoadDiagnostics& diagnostics_;
  LoadedJobFile loaded_;
  std::vector<Value> trees_; // of the job file and what it includes, in order
  std::vector<std::pair<std::string, fs::path>> under_way_; // identity, path
  std::set<std::string> done_;
};

} // namespace

LoadedJobFile load_job_file(const fs::path& path, const JobFileOverrides& overrides,
                            const LoadDiagnostics& diagnostics) {
  return Loader(diagnostics).load(path, overrides);
}

fs::path folder_of_file(const SourceText& text) {
  return fs::absolute(text.path).lexically_normal().parent_path();
}

std::string place_of(SourcePosition position, SourcePosition from,
                     const std::vector<SourceText>& texts) {
  std::string line = position.line > 0 ? fmt::format("on line {}", position.line) : "there";
  if (position.file == from.file) {
    return line;
  }
  return fmt::format("in {} {}", texts[static_cast<std::size_t>(position.file)].path.string(),
                     line);
}

} // namespace nightshift
