// SPDX-License-Identifier: Apache-2.0
//
// Source: rclone 1.60, fs/config/config.go, fs/fs.go and backend/s3/s3.go.

#include "core/storage/s3/rclone_remote.hpp"

#include "core/base/file.hpp"
#include "core/base/secret_file.hpp"
#include "core/base/text.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace nightshift::s3 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_config = std::size_t{1} << 20U;

// Where the configuration may be; of several, the first that is there.
std::vector<fs::path> places(const Environment& environment) {
  if (const auto named = find_variable(environment, {"RCLONE_CONFIG"})) {
    return {named->value};
  }
  std::vector<fs::path> all;
  if (const auto folder = find_variable(environment, {"XDG_CONFIG_HOME"})) {
    all.push_back(fs::path(folder->value) / "rclone/rclone.conf");
  }
  for (const std::string_view place : {"~/.config/rclone/rclone.conf", "~/.rclone.conf"}) {
    if (const auto path = expand_home(place, environment)) {
      all.push_back(*path);
    }
  }
  return all;
}

std::string shown(const std::vector<fs::path>& paths) {
  std::vector<std::string> texts;
  texts.reserve(paths.size());
  for (const fs::path& path : paths) {
    texts.push_back(shown_path(path));
  }
  return texts.empty() ? "~/.config, which is not known because HOME is not set"
                       : fmt::format("{}", fmt::join(texts, ", "));
}

// Its first line but for comments says so.
bool is_encrypted(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    const std::size_t first = line.find_first_not_of(" \t\r");
    if (first != std::string_view::npos && line[first] != '#' && line[first] != ';') {
      return line.substr(first).starts_with("RCLONE_ENCRYPT_V");
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

std::string variable_name(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](char c) {
    return c == '-' ? '_' : c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return name;
}

// For all remotes of the kind.
std::string backend_variable(std::string_view key) {
  return variable_name(fmt::format("RCLONE_S3_{}", key));
}

} // namespace

RcloneRemote::RcloneRemote(std::string name, const Environment& environment)
    : name_(std::move(name)),
      environment_(environment) {
  read_file();
  section_ = file_ ? file_->find(name_) : nullptr;
  if (section_ == nullptr && !find_variable(environment_, {own_variable("type").c_str()})) {
    throw permanent_error(
        error_code::k_config,
        file_ ? fmt::format("there is no remote \"{}\" in {}; there are: {}", one_line(name_),
                            shown_path(file_->path()), known())
              : fmt::format("there is no rclone.conf with a remote \"{}\": looked at {}; make it "
                            "with \"rclone config\", or name its file in RCLONE_CONFIG",
                            one_line(name_), shown(places(environment_))));
  }
  check_type();
}

void RcloneRemote::read_file() {
  for (const fs::path& place : places(environment_)) {
    auto text = read_secret_file(place, k_largest_config);
    if (!text) {
      continue;
    }
    if (is_encrypted(text->reveal())) {
      throw permanent_error(
          error_code::k_config,
          fmt::format("{} is encrypted, and nobody may be there to ask for its password; have the "
                      "remote in a file of its own that is not, and name that in RCLONE_CONFIG",
                      shown_path(place)));
    }
    file_.emplace(std::move(*text), place, IniDialect::go);
    return;
  }
}

void RcloneRemote::check_type() const {
  const auto type = find("type");
  if (!type || type->value != "s3") {
    throw permanent_error(
        error_code::k_config,
        fmt::format("{} is not of the type s3; name a remote that is", describe()));
  }
}

std::string RcloneRemote::known() const {
  std::vector<std::string> names;
  for (const IniSection& section : file_->sections()) {
    names.push_back(one_line(section.name));
  }
  return names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "));
}

std::string RcloneRemote::describe() const {
  return section_ != nullptr
             ? fmt::format("remote \"{}\" in {}", one_line(name_), shown_path(file_->path()))
             : fmt::format("remote \"{}\" in the environment", one_line(name_));
}

// "RCLONE_CONFIG_MY_REMOTE_ENDPOINT"
std::string RcloneRemote::own_variable(std::string_view key) const {
  return variable_name(fmt::format("RCLONE_CONFIG_{}_{}", name_, key));
}

std::optional<Setting> RcloneRemote::find(std::string_view key) const {
  if (auto setting =
          find_variable(environment_, {own_variable(key).c_str(), backend_variable(key).c_str()})) {
    return setting;
  }
  const IniEntry* const entry = section_ != nullptr ? section_->find(key) : nullptr;
  return entry != nullptr && !entry->value.text.empty()
             ? std::optional(Setting{std::string(entry->value.text), file_->place_of(entry->value)})
             : std::nullopt;
}

std::optional<bool> RcloneRemote::find_bool(std::string_view key) const {
  constexpr std::array<std::string_view, 6> k_true{"1", "t", "T", "TRUE", "true", "True"};
  constexpr std::array<std::string_view, 6> k_false{"0", "f", "F", "FALSE", "false", "False"};
  const auto setting = find(key);
  if (!setting || setting->value == "unset") {
    return std::nullopt;
  }
  const auto is_in = [&](const auto& words) {
    return std::find(words.begin(), words.end(), setting->value) != words.end();
  };
  if (!is_in(k_true) && !is_in(k_false)) {
    throw permanent_error(error_code::k_config,
                          fmt::format("{} must be true or false", setting->place));
  }
  return is_in(k_true);
}

Secret RcloneRemote::find_secret(std::string_view key) const {
  Secret of_environment = find_secret_variable(
      environment_, {own_variable(key).c_str(), backend_variable(key).c_str()});
  if (!of_environment.empty()) {
    return of_environment;
  }
  const IniEntry* const entry = section_ != nullptr ? section_->find(key) : nullptr;
  return entry != nullptr ? Secret(entry->value.text) : Secret();
}

} // namespace nightshift::s3
