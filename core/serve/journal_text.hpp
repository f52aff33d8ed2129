// SPDX-License-Identifier: Apache-2.0
//
// A journal as Server-Sent Events (HTML Living Standard, 9.2): each line is one event, its id the
// line's sequence number, so that a follower who was cut off says where to go on.

#pragma once

#include "core/serve/message.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace nightshift::serve {

struct JournalPiece {
  std::string text;      // of all events in it
  std::uint64_t end = 0; // bytes: where the next piece begins
};

// The whole lines from byte `offset` on, as many as go into some 64 KiB, and one at least if there
// is one. What is no event is left out. Throws `JobError` if the file cannot be read.
[[nodiscard]] JournalPiece read_piece(const std::filesystem::path& journal, std::uint64_t offset);

// Where the events after `sequence` begin. Throws `JobError`.
[[nodiscard]] std::uint64_t offset_after(const std::filesystem::path& journal,
                                         std::uint64_t sequence);

// A line's sequence number; nothing if it is no event.
[[nodiscard]] std::optional<std::uint64_t> sequence_of(std::string_view line);

} // namespace nightshift::serve
