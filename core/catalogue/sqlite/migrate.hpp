// SPDX-License-Identifier: Apache-2.0
//
// The schema in the file is numbered (`user_version`) and the file marked as ours
// (`application_id`), so that no other program's database is ever written to.

#pragma once

#include "core/catalogue/sqlite/database.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nightshift::sqlite {

inline constexpr std::int64_t k_application_id = 0x4E534654; // "NSFT"

// What makes each schema out of the one before, by number.
[[nodiscard]] std::span<const std::string_view> schema_scripts() noexcept;

// The newest schema that this program knows.
[[nodiscard]] std::int64_t newest_schema() noexcept;

inline constexpr std::size_t k_header_bytes = 100;

// Why a file that begins so is no catalogue for this program; nothing if it may be one, as an empty
// file may.
[[nodiscard]] std::optional<std::string> problem_of_header(std::string_view header);

// Throws `bad_data` unless the database is a catalogue that this program can read.
void throw_unless_catalogue(const Database& database);

// Make the database a catalogue of the newest schema, from nothing or from any older one, all or
// nothing. Throws `bad_data`, and then has changed nothing, if it is another program's or a newer
// one's.
void migrate(Database& database);

// As above, up to the last of `scripts`, the first of which makes schema 1 out of nothing.
void migrate(Database& database, std::span<const std::string_view> scripts);

} // namespace nightshift::sqlite
