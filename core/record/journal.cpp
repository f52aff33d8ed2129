// SPDX-License-Identifier: Apache-2.0

#include "core/record/journal.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <utility>

namespace nightshift {
namespace {

constexpr std::size_t k_block = std::size_t{64} * 1024;

std::uint64_t size_of(const Fd& fd, const std::filesystem::path& path) {
  struct stat status {};

  if (fstat(fd.get(), &status) != 0) {
    throw system_error(errno, fmt::format("cannot examine {}", path.string()));
  }
  return static_cast<std::uint64_t>(status.st_size);
}

// Up to a block of the file; fewer bytes only at its end.
std::string_view read_at(const Fd& fd, std::uint64_t offset, std::array<char, k_block>& buffer,
                         std::size_t wanted, const std::filesystem::path& path) {
  std::size_t got = 0;
  while (got < wanted) {
    const ssize_t count =
        pread(fd.get(), buffer.data() + got, wanted - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw system_error(errno, fmt::format("cannot read {}", path.string()));
    }
    if (count == 0) {
      break;
    }
    got += static_cast<std::size_t>(count);
  }
  return {buffer.data(), got};
}

// Where the last whole line ends.
std::uint64_t whole_lines_end(const Fd& fd, std::uint64_t size, const std::filesystem::path& path) {
  std::array<char, k_block> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
  for (std::uint64_t end = size; end > 0;) {
    const std::uint64_t begin = end - std::min<std::uint64_t>(end, k_block);
    const std::string_view block =
        read_at(fd, begin, buffer, static_cast<std::size_t>(end - begin), path);
    if (const auto newline = block.rfind('\n'); newline != std::string_view::npos) {
      return begin + newline + 1;
    }
    end = begin;
  }
  return 0;
}

// Splits what it is fed into lines; the rest stays until more comes.
class LineReader {
 public:
  explicit LineReader(const std::function<void(Event&&)>& sink) : sink_(sink) {}

  void feed(std::string_view block) {
    for (auto newline = block.find('\n'); newline != std::string_view::npos;
         newline = block.find('\n')) {
      pending_.append(block.substr(0, newline));
      take(std::exchange(pending_, {}));
      block.remove_prefix(newline + 1);
    }
    pending_.append(block);
  }

  [[nodiscard]] std::size_t pending() const noexcept { return pending_.size(); }

  [[nodiscard]] JournalDamage damage() const noexcept { return damage_; }

 private:
  void take(std::string line) {
    // A power cut may leave zeros where a block was allocated and never written.
    const auto text = std::min(line.find_first_not_of('\0'), line.size());
    damage_.bytes += text;
    line.erase(0, text);
    auto event = event_from_json(Json::parse(line, nullptr, false));
    if (event) {
      sink_(std::move(*event));
    } else {
      damage_.lines += 1;
      damage_.bytes += line.size();
    }
  }

  const std::function<void(Event&&)>& sink_;
  std::string pending_;
  JournalDamage damage_;
};

} // namespace

Journal::Journal(const std::filesystem::path& path)
    : path_(path),
      fd_(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) {
  if (!fd_) {
    throw system_error(errno, fmt::format("cannot open {}", path.string()));
  }
  const std::uint64_t size = size_of(fd_, path_);
  const std::uint64_t end = whole_lines_end(fd_, size, path_);
  if (end != size && ftruncate(fd_.get(), static_cast<off_t>(end)) != 0) {
    throw system_error(errno, fmt::format("cannot cut the torn end off {}", path.string()));
  }
}

void Journal::append(const Event& event, Durable durable) {
  const std::uint64_t size = size_of(fd_, path_);
  try {
    write_all(fd_, to_line(to_json(event)) + '\n', path_);
  } catch (const JobError&) {
    // Half a line, on a full disk, must not stay: the next append would complete it to nonsense.
    if (ftruncate(fd_.get(), static_cast<off_t>(size)) != 0) {
      throw system_error(errno, fmt::format("cannot cut the torn end off {}", path_.string()));
    }
    throw;
  }
  if (durable == Durable::yes && fdatasync(fd_.get()) != 0) {
    throw system_error(errno, fmt::format("cannot write {} to the disk", path_.string()));
  }
}

JournalDamage read_journal(const std::filesystem::path& path, std::uint64_t& offset,
                           const std::function<void(Event&&)>& sink) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    throw system_error(errno, fmt::format("cannot open {}", path.string()));
  }
  std::array<char, k_block> buffer; // NOLINT(cppcoreguidelines-pro-type-member-init)
  LineReader lines(sink);
  std::uint64_t at = offset;
  for (;;) {
    const std::string_view block = read_at(fd, at, buffer, k_block, path);
    if (block.empty()) {
      break;
    }
    lines.feed(block);
    at += block.size();
  }
  offset = at - lines.pending();
  return lines.damage();
}

JournalDamage read_journal(const std::filesystem::path& path,
                           const std::function<void(Event&&)>& sink) {
  std::uint64_t offset = 0;
  return read_journal(path, offset, sink);
}

} // namespace nightshift
