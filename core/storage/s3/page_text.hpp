// SPDX-License-Identifier: Apache-2.0
//
// The texts of a page as they are meant.

#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::s3 {

// Append `raw`, text of an XML document, without its escapes: the five named ones, and numbers of
// any character but 0, as stores write them for what XML itself does not allow. Line ends stay as
// they are: they may be a key's. False, with some of it appended, if it holds another escape.
[[nodiscard]] bool append_unescaped(std::string& to, std::string_view raw);

// A number of bytes or objects; nothing if it is none.
[[nodiscard]] std::optional<std::int64_t> parse_count(std::string_view text) noexcept;

// "2024-01-15T10:20:30.965Z" or without a fraction, in nanoseconds since 1970; what does not fit is
// the first or last that does. Nothing if it is no such time.
[[nodiscard]] std::optional<std::int64_t> parse_last_modified(std::string_view text) noexcept;

} // namespace nightshift::s3
