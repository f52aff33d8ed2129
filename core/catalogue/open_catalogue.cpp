// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/open_catalogue.hpp"

#include "core/base/text.hpp"
#include "core/catalogue/sqlite/catalogue_copy.hpp"
#include "core/catalogue/sqlite/catalogue_examination.hpp"
#include "core/catalogue/sqlite/catalogue_file.hpp"
#include "core/catalogue/sqlite/pages.hpp"
#include "core/catalogue/sqlite/sqlite_catalogue.hpp"
#include "core/catalogue/sqlite/views.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

namespace nightshift {

namespace {

sqlite::CatalogueFile parse_uri(std::string_view uri, const std::filesystem::path& base_folder) {
  constexpr std::string_view k_scheme = "sqlite:";
  if (!uri.starts_with(k_scheme)) {
    // Only the scheme is shown: the rest may hold a password.
    throw permanent_error(
        error_code::k_unsupported,
        fmt::format("catalogue \"{}…\": no such kind of catalogue; use sqlite:PATH",
                    printable_key(uri.substr(0, uri.find(':')))));
  }
  return sqlite::parse_catalogue_file(uri.substr(k_scheme.size()), base_folder);
}

sqlite::CatalogueFile checked_file(std::string_view uri, const std::filesystem::path& base_folder) {
  sqlite::CatalogueFile file = parse_uri(uri, base_folder);
  sqlite::check_catalogue_file(file, base_folder);
  return file;
}

} // namespace

std::unique_ptr<Catalogue> open_catalogue(std::string_view uri,
                                          const std::filesystem::path& base_folder) {
  return std::make_unique<sqlite::SqliteCatalogue>(checked_file(uri, base_folder).path);
}

std::filesystem::path catalogue_lock_folder(std::string_view uri,
                                            const std::filesystem::path& base_folder) {
  std::filesystem::path folder =
      std::filesystem::weakly_canonical(parse_uri(uri, base_folder).path);
  folder += ".locks";
  return folder;
}

void check_catalogue(std::string_view uri, const std::filesystem::path& base_folder) {
  static_cast<void>(checked_file(uri, base_folder));
}

void read_catalogue(std::string_view uri, const std::filesystem::path& base_folder,
                    const ViewQuery& query,
                    FunctionRef<void(std::span<const std::string> columns)> header,
                    FunctionRef<void(ViewRow row)> row) {
  sqlite::with_catalogue_to_read(
      parse_uri(uri, base_folder),
      [&](const sqlite::Database& database) { read_view(database, query, header, row); });
}

CapturePage read_capture_page(std::string_view uri, const std::filesystem::path& base_folder,
                              const CapturePageQuery& query) {
  CapturePage page;
  sqlite::with_catalogue_to_read(
      parse_uri(uri, base_folder),
      [&](const sqlite::Database& database) { page = sqlite::read_captures(database, query); });
  return page;
}

std::vector<HourCount> read_hour_counts(std::string_view uri,
                                        const std::filesystem::path& base_folder,
                                        std::int64_t deployment_id) {
  std::vector<HourCount> hours;
  sqlite::with_catalogue_to_read(parse_uri(uri, base_folder),
                                 [&](const sqlite::Database& database) {
                                   hours = sqlite::read_hours(database, deployment_id);
                                 });
  return hours;
}

std::vector<ProjectRow> read_projects(std::string_view uri,
                                      const std::filesystem::path& base_folder) {
  std::vector<ProjectRow> projects;
  sqlite::with_catalogue_to_read(
      parse_uri(uri, base_folder),
      [&](const sqlite::Database& database) { projects = sqlite::read_projects(database); });
  return projects;
}

bool copy_catalogue(std::string_view uri, const std::filesystem::path& base_folder,
                    const std::filesystem::path& to, FunctionRef<void()> pause) {
  return sqlite::copy_catalogue_file(parse_uri(uri, base_folder).path, to, pause);
}

CatalogueState examine_catalogue(std::string_view uri, const std::filesystem::path& base_folder) {
  return sqlite::examine_catalogue_file(parse_uri(uri, base_folder).path);
}

std::string describe_catalogue(std::string_view uri, const std::filesystem::path& base_folder) {
  return "sqlite:" + one_line(printable_key(parse_uri(uri, base_folder).path.native()));
}

} // namespace nightshift
