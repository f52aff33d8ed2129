// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/catalogue_file.hpp"
#include "core/catalogue/sqlite/database.hpp"

#include <nightshift/catalogue.hpp>

namespace nightshift::sqlite {

// `header` gets the names of the columns, once, and `row` each row in the view's order.
void read_view(const Database& database, const ViewQuery& query,
               FunctionRef<void(std::span<const std::string> columns)> header,
               FunctionRef<void(ViewRow row)> row);

// A catalogue that is there, to be looked at: it is not brought to the newest schema, and a user
// who may only read it can. `use` gets the database. Throws `not_found`, `denied`, `bad_data`, and
// `busy` if somebody began to write where that could not be kept out.
void with_catalogue_to_read(const CatalogueFile& file, FunctionRef<void(const Database&)> use);

} // namespace nightshift::sqlite
