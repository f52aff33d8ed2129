// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_file.hpp"

#include "core/base/file.hpp"
#include "core/base/json.hpp"
#include "core/plugin_host/elf_file.hpp"

#include <nightshift/abi.hpp>

#include <fmt/format.h>

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <set>
#include <stdexcept>
#include <utility>

namespace nightshift {

namespace {

namespace fs = std::filesystem;

// Why a plugin is refused, and the job types it would have provided, if that much is known.
class Refusal : public std::runtime_error {
 public:
  explicit Refusal(const std::string& why, std::vector<std::string> claims = {})
      : std::runtime_error(why),
        claims_(std::move(claims)) {}

  [[nodiscard]] const std::vector<std::string>& claims() const noexcept { return claims_; }

 private:
  std::vector<std::string> claims_;
};

void check_owner(const struct stat& status, std::string_view what) {
  if (status.st_uid != 0 && status.st_uid != ::geteuid()) {
    throw Refusal(fmt::format("{} belongs to user {}, who could change it; give it to root or to "
                              "yourself with chown",
                              what, status.st_uid));
  }
  if ((status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    throw Refusal(fmt::format("{} can be changed by others (mode {:04o}); take that away with "
                              "chmod go-w",
                              what, status.st_mode & 07777U));
  }
}

// Who may write to a folder may put another file in the place of one in it; and where there is a
// link, another link.
void check_trust(const fs::path& path, const Fd& fd) {
  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) {
    throw system_error(errno, "cannot examine it");
  }
  check_owner(status, "the file");
  for (const fs::path& folder : {path.parent_path(), fs::canonical(path).parent_path()}) {
    if (::stat(folder.c_str(), &status) != 0) {
      throw system_error(errno, "cannot examine its folder");
    }
    check_owner(status, fmt::format("the folder {}", folder.string()));
  }
}

std::optional<PluginManifest> parse_manifest(const std::string& text) {
  const Json json = Json::parse(text, nullptr, false);
  try {
    if (json.at("manifest").get<int>() != 1) {
      return std::nullopt;
    }
    return PluginManifest{json.at("interface").get<int>(),
                          json.at("fingerprint").get<std::string>(),
                          json.at("name").get<std::string>(), json.at("version").get<std::string>(),
                          json.at("job_types").get<std::vector<std::string>>()};
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

std::string_view take_part(std::string_view& fingerprint) {
  const std::string_view part = fingerprint.substr(0, fingerprint.find(';'));
  fingerprint.remove_prefix(std::min(fingerprint.size(), part.size() + 1));
  return part;
}

// "san-thread (here san-none)": only the parts that differ, as the whole is hard to compare by eye.
std::string differences(std::string_view theirs, std::string_view ours) {
  std::string text;
  while (!theirs.empty() || !ours.empty()) {
    const std::string_view their_part = take_part(theirs);
    const std::string_view our_part = take_part(ours);
    if (their_part != our_part) {
      text += fmt::format("{}{} (here {})", text.empty() ? "" : ", ", their_part, our_part);
    }
  }
  return text;
}

bool is_key(std::string_view text) {
  const auto is_word = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' &&
         std::all_of(text.begin(), text.end(), is_word);
}

void check_job_types(const std::vector<std::string>& keys) {
  std::set<std::string_view> seen;
  for (const std::string& key : keys) {
    if (!is_key(key)) {
      throw Refusal(fmt::format("its job type \"{}\" has no proper name; use lower-case letters, "
                                "digits and _",
                                key));
    }
    if (!seen.insert(key).second) {
      throw Refusal(fmt::format("it announces the job type \"{}\" twice; name it once in "
                                "NIGHTSHIFT_PLUGIN()",
                                key));
    }
  }
  if (keys.empty()) {
    throw Refusal("it provides no job type; name one in NIGHTSHIFT_PLUGIN()");
  }
}

void check_built_for_this_program(const PluginManifest& manifest) {
  if (manifest.interface_version != NIGHTSHIFT_INTERFACE_VERSION) {
    throw Refusal(fmt::format("it was built for plugin interface {} and this program has {}; "
                              "rebuild it with this program's SDK",
                              manifest.interface_version, NIGHTSHIFT_INTERFACE_VERSION),
                  manifest.job_types);
  }
  if (manifest.fingerprint != NIGHTSHIFT_FINGERPRINT) {
    throw Refusal(fmt::format("it was built with another toolchain: {}; rebuild it as this program "
                              "was built",
                              differences(manifest.fingerprint, NIGHTSHIFT_FINGERPRINT)),
                  manifest.job_types);
  }
}

PluginManifest inspect(const fs::path& path, Trust trust) {
  const Fd fd = open_file(path);
  if (trust == Trust::owners_only) {
    check_trust(path, fd);
  }
  const auto note = ElfFile(fd).find_note(k_manifest_owner, k_manifest_note_type);
  if (!note) {
    throw Refusal("it is a shared library but no Nightshift plugin: it has no manifest; build it "
                  "with nightshift_add_plugin()");
  }
  const auto manifest = parse_manifest(*note);
  if (!manifest) {
    throw Refusal("its manifest cannot be read; rebuild it with this program's SDK");
  }
  check_built_for_this_program(*manifest);
  check_job_types(manifest->job_types);
  return *manifest;
}

} // namespace

PluginManifest inspect_plugin_file(const fs::path& path, Trust trust) {
  std::string why;
  // A damaged file says nothing about its job types; its name is a good guess.
  std::vector<std::string> claims{path.stem().string()};
  try {
    return inspect(path, trust);
  } catch (const Refusal& refusal) {
    why = refusal.what();
    claims = refusal.claims().empty() ? claims : refusal.claims();
  } catch (const std::runtime_error& error) { // of the file, the ELF reader or the file system
    why = error.what();
  }
  throw PluginError(path, why, std::move(claims));
}

} // namespace nightshift
