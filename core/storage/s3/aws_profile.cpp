// SPDX-License-Identifier: Apache-2.0
//
// Source: botocore 1.43, configloader.py and credentials.py.

#include "core/storage/s3/aws_profile.hpp"

#include "core/base/file.hpp"
#include "core/base/secret_file.hpp"
#include "core/base/shell_words.hpp"
#include "core/base/text.hpp"
#include "core/storage/s3/checked_credentials.hpp"

#include <nightshift/error.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <set>
#include <utility>

namespace nightshift::s3 {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t k_largest_file = std::size_t{1} << 20U;

std::optional<fs::path> path_of(const Environment& environment, const char* variable,
                                std::string_view otherwise) {
  const auto named = find_variable(environment, {variable});
  return expand_home(named ? named->value : otherwise, environment);
}

void read(const std::optional<fs::path>& path, std::optional<IniFile>& file) {
  auto text = path ? read_secret_file(*path, k_largest_file) : std::nullopt;
  if (text) {
    file.emplace(std::move(*text), *path, IniDialect::python);
  }
}

// "x" for the sections [profile x] and [profile "x"].
std::optional<std::string> name_of_kind(const IniSection& section, std::string_view kind) {
  const auto words = split_like_shell(section.name);
  return words && words->size() == 2 && section.name.starts_with(kind) ? std::optional((*words)[1])
                                                                       : std::nullopt;
}

std::optional<std::string> name_of_profile(const IniSection& section) {
  return section.name == "default" ? section.name : name_of_kind(section, "profile");
}

// The last one counts, where a name is written in two ways.
template <class NameOf>
const IniSection* find_section(const std::optional<IniFile>& file, std::string_view name,
                               NameOf name_of) {
  const IniSection* found = nullptr;
  if (file) {
    for (const IniSection& section : file->sections()) {
      found = name_of(section) == name ? &section : found;
    }
  }
  return found;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::optional<Setting> nested(const IniFile& file, const IniEntry* block, std::string_view key) {
  if (block == nullptr || !block->value.text.empty()) {
    return std::nullopt;
  }
  std::optional<Setting> found;
  for (const IniLine& line : block->more) {
    const std::size_t end = line.text.find('=');
    const bool is_it = end != std::string_view::npos && trimmed(line.text.substr(0, end)) == key;
    if (is_it && !trimmed(line.text.substr(end + 1)).empty()) {
      found = Setting{std::string(trimmed(line.text.substr(end + 1))), file.place_of(line)};
    }
  }
  return found;
}

} // namespace

const IniEntry* AwsProfile::Scope::find(std::string_view key) const {
  if (const IniEntry* const own = section->find(key)) {
    return own;
  }
  const IniSection* const defaults = file->find("DEFAULT");
  return defaults != nullptr ? defaults->find(key) : nullptr;
}

AwsProfile::AwsProfile(std::string name, const Environment& environment)
    : name_(std::move(name)),
      credentials_path_(path_of(environment, "AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials")),
      config_path_(path_of(environment, "AWS_CONFIG_FILE", "~/.aws/config")) {
  read(credentials_path_, credentials_);
  read(config_path_, config_);
  add_scope(credentials_, credentials_ ? credentials_->find(name_) : nullptr);
  add_scope(config_, find_section(config_, name_, name_of_profile));
}

void AwsProfile::add_scope(const std::optional<IniFile>& file, const IniSection* section) {
  if (section != nullptr) {
    scopes_.push_back({&*file, section});
  }
}

std::string AwsProfile::describe() const {
  return fmt::format("profile \"{}\"", one_line(name_));
}

std::string AwsProfile::files() const {
  if (!credentials_path_ || !config_path_) {
    return "~/.aws, which is not known because HOME is not set,";
  }
  return fmt::format("{} and {}", shown_path(*credentials_path_), shown_path(*config_path_));
}

std::string AwsProfile::known() const {
  std::set<std::string> names;
  if (credentials_) {
    for (const IniSection& section : credentials_->sections()) {
      names.insert(section.name);
    }
  }
  if (config_) {
    for (const IniSection& section : config_->sections()) {
      if (auto name = name_of_profile(section)) {
        names.insert(std::move(*name));
      }
    }
  }
  return one_line(fmt::format("{}", fmt::join(names, ", ")));
}

std::optional<Setting> AwsProfile::find(std::string_view key) const {
  for (const Scope& scope : scopes_) {
    const IniEntry* const entry = scope.find(key);
    if (entry != nullptr && !entry->value.text.empty()) {
      std::string value(entry->value.text);
      for (const IniLine& line : entry->more) {
        value.append("\n").append(line.text);
      }
      return Setting{std::move(value), scope.file->place_of(entry->value)};
    }
  }
  return std::nullopt;
}

std::optional<Setting> AwsProfile::find_nested(std::string_view block, std::string_view key) const {
  for (const Scope& scope : scopes_) {
    if (auto found = nested(*scope.file, scope.find(block), key)) {
      return found;
    }
  }
  return std::nullopt;
}

std::optional<Setting> AwsProfile::find_for_service(std::string_view service,
                                                    std::string_view key) const {
  const auto services = find("services");
  if (!services) {
    return std::nullopt;
  }
  const IniSection* const section =
      find_section(config_, services->value,
                   [](const IniSection& each) { return name_of_kind(each, "services"); });
  if (section == nullptr) {
    throw permanent_error(error_code::k_config,
                          fmt::format("{} names a section of services that is not in {}",
                                      services->place,
                                      config_path_ ? shown_path(*config_path_) : "~/.aws/config"));
  }
  return nested(*config_, section->find(service), key);
}

std::optional<AwsProfile::Found> AwsProfile::find_credentials() const {
  for (const Scope& scope : scopes_) {
    const auto secret = [&scope](std::string_view key) {
      const IniEntry* const entry = scope.find(key);
      return entry != nullptr ? Secret(entry->value.text) : Secret();
    };
    const IniEntry* const id = scope.find("aws_access_key_id");
    if (id != nullptr) {
      Secret token = secret("aws_session_token");
      if (token.empty()) {
        token = secret("aws_security_token"); // its name of old
      }
      return Found{
          checked({std::string(id->value.text), secret("aws_secret_access_key"), std::move(token)},
                  scope.file->place_of(id->value)),
          shown_path(scope.file->path())};
    }
  }
  return std::nullopt;
}

} // namespace nightshift::s3
