// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/elf_file.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <elf.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>

namespace nightshift {

namespace {

#if defined(__x86_64__)
constexpr unsigned k_machine = EM_X86_64;
#elif defined(__aarch64__)
constexpr unsigned k_machine = EM_AARCH64;
#else
#error "name this machine's ELF number here"
#endif

constexpr unsigned k_class = sizeof(void*) == 8 ? ELFCLASS64 : ELFCLASS32;
constexpr unsigned k_byte_order =
    std::endian::native == std::endian::little ? ELFDATA2LSB : ELFDATA2MSB;
constexpr std::uint64_t k_largest_notes = 65536;

std::string machine_name(unsigned machine) {
  switch (machine) {
  case EM_X86_64:
    return "x86-64";
  case EM_AARCH64:
    return "AArch64";
  case EM_386:
    return "i386";
  case EM_ARM:
    return "ARM";
  case EM_RISCV:
    return "RISC-V";
  default:
    return fmt::format("machine number {}", machine);
  }
}

ElfError cut_short(std::uint64_t size) {
  const std::string why = fmt::format("it is cut short after {} bytes; copy it again",
                                      grouped(static_cast<std::int64_t>(size)));
  return ElfError{why};
}

// Takes notes off the front of a segment.
class Notes {
 public:
  Notes(std::string_view content, std::size_t alignment) : rest_(content), alignment_(alignment) {}

  struct Note {
    std::uint32_t type;
    std::string_view owner;
    std::string_view content;
  };

  // Nothing at the end, or where the rest makes no sense.
  std::optional<Note> next() {
    ElfW(Nhdr) header{};
    if (rest_.size() < sizeof header) {
      return std::nullopt;
    }
    std::memcpy(&header, rest_.data(), sizeof header);
    rest_.remove_prefix(sizeof header);
    const auto owner = take(header.n_namesz);
    const auto content = owner ? take(header.n_descsz) : std::nullopt;
    if (!content) {
      return std::nullopt;
    }
    return Note{header.n_type, *owner, *content};
  }

 private:
  std::optional<std::string_view> take(std::size_t size) {
    if (size > rest_.size()) {
      return std::nullopt;
    }
    const std::string_view piece = rest_.substr(0, size);
    const std::size_t padded = (size + alignment_ - 1) / alignment_ * alignment_;
    rest_.remove_prefix(std::min(padded, rest_.size()));
    return piece;
  }

  std::string_view rest_;
  std::size_t alignment_;
};

} // namespace

ElfFile::ElfFile(const Fd& fd) : fd_(fd) {
  struct stat status {};

  if (::fstat(fd.get(), &status) != 0) {
    throw system_error(errno, "cannot examine it");
  }
  size_ = static_cast<std::uint64_t>(status.st_size);
  if (size_ == 0) {
    throw ElfError("it is empty; copy it again");
  }
  read_header();
  read_segments();
}

void ElfFile::read_header() {
  const std::size_t available = std::min<std::uint64_t>(size_, sizeof header_);
  read(0, &header_, available);
  if (available < SELFMAG || std::memcmp(header_.e_ident, ELFMAG, SELFMAG) != 0) {
    throw ElfError("it is not a shared library");
  }
  if (available < EI_NIDENT) {
    throw cut_short(size_);
  }
  if (header_.e_ident[EI_CLASS] != k_class) {
    throw ElfError(fmt::format("it is a {}-bit library and this program is a {}-bit one; build it "
                               "for this machine",
                               header_.e_ident[EI_CLASS] == ELFCLASS32 ? 32 : 64,
                               sizeof(void*) * 8));
  }
  if (header_.e_ident[EI_DATA] != k_byte_order) {
    throw ElfError("it has another byte order than this machine; build it for this machine");
  }
  if (available < sizeof header_) {
    throw cut_short(size_);
  }
  if (header_.e_machine != k_machine) {
    throw ElfError(fmt::format("it was built for {} and this program runs on {}; build it for "
                               "this machine",
                               machine_name(header_.e_machine), machine_name(k_machine)));
  }
  if (header_.e_type != ET_DYN || header_.e_phentsize != sizeof(ElfW(Phdr))) {
    throw ElfError("it is an ELF file but no shared library");
  }
}

void ElfFile::read_segments() {
  const std::uint64_t table = std::uint64_t{header_.e_phnum} * sizeof(ElfW(Phdr));
  if (!contains(header_.e_phoff, table)) {
    throw cut_short(size_);
  }
  segments_.resize(header_.e_phnum);
  read(header_.e_phoff, segments_.data(), table);
  for (const ElfW(Phdr) & segment : segments_) {
    if (segment.p_type != PT_NULL && !contains(segment.p_offset, segment.p_filesz)) {
      throw cut_short(size_);
    }
  }
}

std::optional<std::string> ElfFile::find_note(std::string_view owner, std::uint32_t type) const {
  for (const ElfW(Phdr) & segment : segments_) {
    if (segment.p_type != PT_NOTE || segment.p_filesz > k_largest_notes) {
      continue;
    }
    std::string content(segment.p_filesz, '\0');
    read(segment.p_offset, content.data(), content.size());
    Notes notes(content, segment.p_align == 8 ? 8 : 4);
    while (const auto note = notes.next()) {
      const bool owned = note->owner.size() == owner.size() + 1 && note->owner.starts_with(owner) &&
                         note->owner.back() == '\0';
      if (owned && note->type == type) {
        return std::string(note->content);
      }
    }
  }
  return std::nullopt;
}

bool ElfFile::contains(std::uint64_t offset, std::uint64_t size) const noexcept {
  return offset <= size_ && size <= size_ - offset;
}

void ElfFile::read(std::uint64_t offset, void* to, std::size_t size) const {
  auto* bytes = static_cast<char*>(to);
  while (size > 0) {
    const ssize_t count = ::pread(fd_.get(), bytes, size, static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      throw system_error(errno, "cannot read it");
    }
    if (count == 0) { // somebody shortened it meanwhile
      throw cut_short(offset);
    }
    bytes += count;
    offset += static_cast<std::uint64_t>(count);
    size -= static_cast<std::size_t>(count);
  }
}

} // namespace nightshift
