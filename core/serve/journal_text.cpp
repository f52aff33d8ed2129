// SPDX-License-Identifier: Apache-2.0

#include "core/serve/journal_text.hpp"

#include "core/base/file.hpp"
#include "core/base/json.hpp"

#include <fmt/format.h>

#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <functional>

namespace nightshift::serve {
namespace {

constexpr std::size_t k_piece = std::size_t{64} << 10U;

std::string bytes_at(const Fd& fd, std::uint64_t offset, std::size_t count,
                     const std::filesystem::path& path) {
  std::string bytes(count, '\0');
  for (;;) {
    const ssize_t got = pread(fd.get(), bytes.data(), count, static_cast<off_t>(offset));
    if (got >= 0) {
      bytes.resize(static_cast<std::size_t>(got));
      return bytes;
    }
    if (errno != EINTR) {
      throw system_error(errno, fmt::format("cannot read {}", path.string()));
    }
  }
}

// The whole lines of a piece; a larger piece if its first line does not fit.
std::string whole_lines_at(const Fd& fd, std::uint64_t offset, const std::filesystem::path& path) {
  for (std::size_t size = k_piece;; size *= 2) {
    std::string bytes = bytes_at(fd, offset, size, path);
    const std::size_t last = bytes.rfind('\n');
    if (last != std::string::npos) {
      bytes.resize(last + 1);
      return bytes;
    }
    if (bytes.size() < size) { // the line is not complete yet
      return {};
    }
  }
}

// Whether `use` wants more.
using LineSink = std::function<bool(std::string_view line)>;

bool for_each_line(std::string_view lines, const LineSink& use) {
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    if (!use(line)) {
      return false;
    }
    lines.remove_prefix(line.size() + 1);
  }
  return true;
}

// The value of a key of a line, both as `Journal` writes them, before anything that a person wrote.
std::string_view member(std::string_view line, std::string_view key) {
  const std::size_t at = line.find(key);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = line.substr(at + key.size());
  return rest.substr(0, rest.find_first_of(",\""));
}

void add_event(std::string& text, std::string_view line) {
  if (const auto sequence = sequence_of(line)) {
    text += fmt::format("id: {}\nevent: {}\ndata: {}\n\n", *sequence, member(line, R"("event":")"),
                        line);
  }
}

} // namespace

std::optional<std::uint64_t> sequence_of(std::string_view line) {
  constexpr std::string_view k_begin = R"({"v":1,"seq":)";
  if (!line.starts_with(k_begin) || !line.ends_with('}') || !Json::accept(line)) {
    return std::nullopt;
  }
  const std::string_view digits = member(line, k_begin);
  std::uint64_t sequence = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), sequence);
  const bool whole = error == std::errc{} && end == digits.data() + digits.size();
  return whole ? std::optional(sequence) : std::nullopt;
}

JournalPiece read_piece(const std::filesystem::path& journal, std::uint64_t offset) {
  const Fd fd = open_file(journal);
  const std::string lines = whole_lines_at(fd, offset, journal);
  JournalPiece piece;
  for_each_line(lines, [&](std::string_view line) {
    add_event(piece.text, line);
    return true;
  });
  piece.end = offset + lines.size();
  return piece;
}

std::uint64_t offset_after(const std::filesystem::path& journal, std::uint64_t sequence) {
  const Fd fd = open_file(journal);
  std::uint64_t offset = 0;
  const auto is_before = [&](std::string_view line) {
    const auto number = sequence_of(line);
    if (number && *number > sequence) {
      return false;
    }
    offset += line.size() + 1;
    return true;
  };
  for (;;) {
    const std::string lines = sequence == 0 ? "" : whole_lines_at(fd, offset, journal);
    if (lines.empty() || !for_each_line(lines, is_before)) {
      return offset;
    }
  }
}

} // namespace nightshift::serve
