// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/catalogue_examination.hpp"

#include "core/base/text.hpp"
#include "core/catalogue/sqlite/catalogue_traces.hpp"
#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <chrono>
#include <string>

namespace nightshift::sqlite {
namespace {

// What SQLite finds wrong with the pages, first of all; "ok" if nothing.
std::string quick_check(const std::filesystem::path& file, bool in_use, const std::string& name) {
  constexpr std::chrono::seconds k_patience{10};
  const Database database(observed_uri(file, in_use ? "readonly_shm=1" : "immutable=1"),
                          Database::Access::observe, name, k_patience);
  Statement check = database.prepare("PRAGMA quick_check(1)");
  Rows rows = check.query();
  return rows.next() ? std::string(rows.text(0)) : std::string("nothing came back");
}

} // namespace

CatalogueState examine_catalogue_file(const std::filesystem::path& file) {
  const std::string name = "catalogue " + one_line(printable_key(file.native()));
  const Traces before = traces_of(file);
  if (!before.file.exists) {
    return CatalogueState::absent;
  }
  if (before.log.exists && !before.shared_memory) {
    return CatalogueState::to_be_recovered;
  }
  const std::string found = quick_check(file, before.in_use(), name);
  if (found != "ok") {
    if (!before.in_use() && traces_of(file) != before) {
      throw transient_error(error_code::k_busy,
                            name + " changed while it was looked at; try again later");
    }
    throw permanent_error(error_code::k_bad_data,
                          fmt::format("{} is damaged ({}); restore a copy, or move it away and "
                                      "sync again",
                                      name, one_line(found)));
  }
  return CatalogueState::whole;
}

} // namespace nightshift::sqlite
