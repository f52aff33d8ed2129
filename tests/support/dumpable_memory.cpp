// SPDX-License-Identifier: Apache-2.0

#include "tests/support/dumpable_memory.hpp"

#include "tests/support/content_of.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fstream>
#include <system_error>

namespace nightshift::tests {
namespace {

// A file of /proc, of which any part can be read.
class ProcFile {
 public:
  ProcFile(pid_t pid, std::string_view name)
      : fd_(open(fmt::format("/proc/{}/{}", pid, name).c_str(), O_RDONLY | O_CLOEXEC)) {
    if (fd_ < 0) {
      throw std::system_error(errno, std::generic_category(), std::string(name));
    }
  }

  ProcFile(const ProcFile&) = delete;
  ProcFile& operator=(const ProcFile&) = delete;

  ~ProcFile() { close(fd_); }

  // Less than was asked for where the rest cannot be read.
  [[nodiscard]] std::string read(std::uint64_t at, std::size_t size) const {
    std::string bytes(size, '\0');
    const ssize_t count = pread(fd_, bytes.data(), size, static_cast<off_t>(at));
    bytes.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return bytes;
  }

 private:
  int fd_;
};

int count_in(std::string_view bytes, std::string_view text) {
  int count = 0;
  for (std::size_t at = bytes.find(text); at != std::string_view::npos;
       at = bytes.find(text, at + 1)) {
    ++count;
  }
  return count;
}

// "7ffee41cb000-7ffee41cc000 rw-p ..."; nothing begins and ends at 0.
Mapping parse_range(const std::string& line) {
  Mapping mapping;
  const char* const end = line.data() + line.size();
  const auto first = std::from_chars(line.data(), end, mapping.begin, 16);
  if (first.ptr == end || *first.ptr != '-') {
    return {};
  }
  const auto second = std::from_chars(first.ptr + 1, end, mapping.end, 16);
  return second.ptr != end && *second.ptr == ' ' ? mapping : Mapping{};
}

// Of "Rss:   12 kB" and "Swap:   0 kB".
bool tells_of_pages(const std::string& line) {
  return (line.starts_with("Rss:") || line.starts_with("Swap:")) &&
         line.find_first_of("123456789") != std::string::npos;
}

// The pages that are there, one after the other; those that are not hold nothing.
std::string present_pages(const ProcFile& memory, const ProcFile& pages, const Mapping& mapping) {
  constexpr std::size_t k_most = 65536; // pages at a time
  const auto page = static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
  std::string bytes;
  for (std::uint64_t at = mapping.begin; at < mapping.end;) {
    const std::uint64_t count = std::min<std::uint64_t>(k_most, (mapping.end - at) / page);
    const std::string entries =
        pages.read(at / page * sizeof(std::uint64_t), count * sizeof(std::uint64_t));
    for (std::size_t i = 0; i + sizeof(std::uint64_t) <= entries.size();
         i += sizeof(std::uint64_t)) {
      std::uint64_t entry = 0;
      std::copy_n(entries.data() + i, sizeof entry, reinterpret_cast<char*>(&entry));
      if (entry >> 62U != 0) { // in memory, or swapped out
        bytes += memory.read(at + i / sizeof(std::uint64_t) * page, page);
      }
    }
    at += count * page;
  }
  return bytes;
}

} // namespace

std::vector<Mapping> mappings_of(pid_t pid) {
  std::vector<Mapping> mappings;
  std::ifstream lines(fmt::format("/proc/{}/smaps", pid));
  for (std::string line; std::getline(lines, line);) {
    if (const Mapping mapping = parse_range(line); mapping.end != 0) {
      mappings.push_back(mapping);
    } else if (mappings.empty()) {
      continue;
    } else if (line.starts_with("VmFlags:")) {
      mappings.back().is_left_out = line.find(" dd") != std::string::npos;
    } else if (tells_of_pages(line)) {
      mappings.back().is_empty = false;
    }
  }
  return mappings;
}

bool is_left_out(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  const auto mappings = mappings_of(getpid());
  return std::any_of(mappings.begin(), mappings.end(), [&](const Mapping& mapping) {
    return mapping.begin <= at && at < mapping.end && mapping.is_left_out;
  });
}

int count_in_dumpable_memory(pid_t pid, std::string_view text) {
  const ProcFile memory(pid, "mem");
  const ProcFile pages(pid, "pagemap");
  int count = 0;
  for (const Mapping& mapping : mappings_of(pid)) {
    if (!mapping.is_left_out && !mapping.is_empty) {
      count += count_in(present_pages(memory, pages, mapping), text);
    }
  }
  return count;
}

std::string file_of_process(pid_t pid, std::string_view name) {
  return content_of(fmt::format("/proc/{}/{}", pid, name));
}

std::vector<pid_t> children_of(pid_t pid) {
  std::vector<pid_t> children;
  for (const auto& thread :
       std::filesystem::directory_iterator(fmt::format("/proc/{}/task", pid))) {
    std::ifstream list(thread.path() / "children");
    for (pid_t child = 0; list >> child;) {
      children.push_back(child);
    }
  }
  return children;
}

int count_in_file(const std::filesystem::path& path, std::string_view text) {
  return count_in(content_of(path), text);
}

bool cores_are_files() {
  std::string pattern;
  std::getline(std::ifstream("/proc/sys/kernel/core_pattern"), pattern);
  return pattern.find_first_of("|/") == std::string::npos;
}

} // namespace nightshift::tests
