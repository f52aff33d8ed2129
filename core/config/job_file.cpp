// SPDX-License-Identifier: Apache-2.0

#include "core/config/job_file.hpp"

#include "core/base/http.hpp"
#include "core/config/load_job_file.hpp"
#include "core/config/read_deployments.hpp"
#include "core/config/read_jobs.hpp"
#include "core/config/read_sources.hpp"
#include "core/config/render.hpp"
#include "core/config/sections.hpp"

#include <nightshift/check_parameters.hpp>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace nightshift {

namespace {

const Value* text_at(const Value& root, std::string_view key) {
  const Value* value = root.find(key);
  return value != nullptr && value->as<std::string>() != nullptr ? value : nullptr;
}

void read_settings(const LoadedJobFile& loaded, JobFile& file, Diagnostics& diagnostics) {
  if (const Value* state_dir = text_at(loaded.root, "state_dir")) {
    const std::filesystem::path path = *state_dir->as<std::string>();
    if (path.native().starts_with('~')) {
      diagnostics.error(state_dir->position(), "\"~\" is not replaced in a job file",
                        "write ${env:HOME}");
    }
    file.state_dir = (folder_of_file(loaded.texts.front()) / path).lexically_normal();
  }
  if (const Value* catalogue = text_at(loaded.root, "catalogue")) {
    file.catalogue = *catalogue->as<std::string>();
    file.unresolved_catalogue = catalogue->unresolved();
  }
  if (const Value* url = text_at(loaded.root, "api_base_url")) {
    file.api_base_url = *url->as<std::string>();
    if (!file.api_base_url.empty() && !file.api_base_url.starts_with("https://") &&
        !file.api_base_url.starts_with("http://")) {
      diagnostics.error(url->position(),
                        "api_base_url must begin with https:// or http://, not " + shown(*url));
    }
    while (file.api_base_url.ends_with('/')) {
      file.api_base_url.pop_back();
    }
  }
}

// What is wrong with it is told without it: whoever knows the URL can speak for this job file.
void read_ping(const LoadedJobFile& loaded, JobFile& file, Diagnostics& diagnostics) {
  const Value* url = text_at(loaded.root, "ping");
  if (url == nullptr || url->as<std::string>()->empty()) {
    return;
  }
  file.ping_url = *url->as<std::string>();
  if (!http_origin(file.ping_url)) {
    diagnostics.error(url->position(),
                      "ping is no URL that begins with https:// or http:// and a host");
  }
}

void read_sections(const LoadedJobFile& loaded, JobFile& file, Diagnostics& diagnostics) {
  const Section section = job_file_section();
  check_parameters(loaded.root, section.keys, section.what, diagnostics);
  read_settings(loaded, file, diagnostics);
  read_ping(loaded, file, diagnostics);
  file.sources = read_sources(loaded, diagnostics);
  const std::size_t mistakes = diagnostics.errors().size();
  file.deployments = read_deployments(loaded, diagnostics);
  const bool lacks_some =
      loaded.lacks_files || loaded.lacks_deployments || diagnostics.errors().size() > mistakes;
  file.jobs = read_jobs(loaded, {file.deployments, lacks_some}, diagnostics);
}

// All mistakes, but for those that follow from a text that could not be resolved.
std::vector<Diagnostic> joined(const LoadedJobFile& loaded, const Diagnostics& reading,
                               const Diagnostics& meaning) {
  const auto place = [](SourcePosition position) {
    return std::tuple(position.file, position.line, position.column);
  };
  std::set<std::tuple<int, int, int>> unresolved;
  for (const SourcePosition position : loaded.unresolved) {
    unresolved.insert(place(position));
  }
  std::vector<Diagnostic> errors = reading.errors();
  std::copy_if(meaning.errors().begin(), meaning.errors().end(), std::back_inserter(errors),
               [&](const Diagnostic& e) { return !unresolved.contains(place(e.position)); });
  errors = in_order(std::move(errors));
  for (std::size_t i = 0; i < std::min(errors.size(), k_most_shown); ++i) {
    errors[i].message = without_secrets(std::move(errors[i].message), loaded.put_in);
    errors[i].hint = without_secrets(std::move(errors[i].hint), loaded.put_in);
  }
  return errors;
}

// Throws `JobFileError` with the mistakes that loading found, and those found here.
JobFile read_loaded(const std::filesystem::path& path, LoadedJobFile loaded,
                    const LoadDiagnostics& diagnostics) {
  JobFile file;
  file.path = path;
  if (!loaded.root.is_nothing()) {
    read_sections(loaded, file, diagnostics.meaning);
  }
  const std::vector<Diagnostic> errors = joined(loaded, diagnostics.reading, diagnostics.meaning);
  if (!errors.empty()) {
    throw JobFileError(render(errors, loaded.texts), errors.size());
  }
  file.texts = std::move(loaded.texts);
  return file;
}

} // namespace

JobFile read_job_file(const std::filesystem::path& path, const JobFileOverrides& overrides) {
  Diagnostics reading;
  Diagnostics meaning;
  const LoadDiagnostics diagnostics{reading, meaning};
  return read_loaded(path, load_job_file(path, overrides, diagnostics), diagnostics);
}

std::optional<JobFile> read_if_job_file(const std::filesystem::path& path) {
  Diagnostics reading;
  Diagnostics meaning;
  const LoadDiagnostics diagnostics{reading, meaning};
  LoadedJobFile loaded = load_job_file(path, {}, diagnostics);
  const bool was_read = !reading.has_errors() && !meaning.has_errors();
  if (was_read && loaded.root.find("jobs") == nullptr) {
    return std::nullopt;
  }
  return read_loaded(path, std::move(loaded), diagnostics);
}

} // namespace nightshift
