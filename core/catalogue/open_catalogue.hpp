// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/catalogue_pages.hpp"

#include <nightshift/catalogue.hpp>
#include <nightshift/function_ref.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// The catalogue at `uri`, made if it is not there and brought to the newest schema if it is older:
// "sqlite:PATH", relative to `base_folder`; on a network file system only as
// "sqlite:PATH?network=allow". Throws `bad_data`, `cannot_create`, `denied`, `unsupported`, `busy`.
[[nodiscard]] std::unique_ptr<Catalogue> open_catalogue(std::string_view uri,
                                                        const std::filesystem::path& base_folder);

// Throw what `open_catalogue` would, as far as that can be known without creating or writing
// anything. `base_folder` itself need not exist yet.
void check_catalogue(std::string_view uri, const std::filesystem::path& base_folder);

// A view of the catalogue at `uri`, which must be there and is not changed: `header` gets the names
// of the columns, once, and `row` each row in the view's order. Works while others write to it, and
// for a user who may only read it. Throws `not_found`, `denied`, `bad_data`, `unsupported`, `busy`.
void read_catalogue(std::string_view uri, const std::filesystem::path& base_folder,
                    const ViewQuery& query,
                    FunctionRef<void(std::span<const std::string> columns)> header,
                    FunctionRef<void(ViewRow row)> row);

// What pages show of it; as `read_catalogue`, of which these are parts.
[[nodiscard]] CapturePage read_capture_page(std::string_view uri,
                                            const std::filesystem::path& base_folder,
                                            const CapturePageQuery& query);
[[nodiscard]] std::vector<HourCount> read_hour_counts(std::string_view uri,
                                                      const std::filesystem::path& base_folder,
                                                      std::int64_t deployment_id);
[[nodiscard]] std::vector<ProjectRow> read_projects(std::string_view uri,
                                                    const std::filesystem::path& base_folder);

// Where the locks of the catalogue's deployments lie: beside it, whatever name it was reached by.
// The catalogue exists.
[[nodiscard]] std::filesystem::path catalogue_lock_folder(std::string_view uri,
                                                          const std::filesystem::path& base_folder);

// A copy to try things out on, in the new file `to`; the original is not touched in any way, and
// nothing is made beside it. Whether there was one: if not, there is no copy either. `pause` is
// called now and then; what it throws ends the copying. Not while this process has the catalogue
// open. Throws as `open_catalogue` does.
bool copy_catalogue(std::string_view uri, const std::filesystem::path& base_folder,
                    const std::filesystem::path& to, FunctionRef<void()> pause);

enum class CatalogueState : std::uint8_t {
  absent,
  whole,
  to_be_recovered, // it was left in the midst of writing, so nothing can be said
};

// Look through the whole catalogue for damage, without leaving a trace. Throws `bad_data` for
// damage, and as `open_catalogue` does. Not while this process has the catalogue open.
[[nodiscard]] CatalogueState examine_catalogue(std::string_view uri,
                                               const std::filesystem::path& base_folder);

// A person's words for the catalogue at `uri`, as `Catalogue::describe` gives them.
[[nodiscard]] std::string describe_catalogue(std::string_view uri,
                                             const std::filesystem::path& base_folder);

} // namespace nightshift
