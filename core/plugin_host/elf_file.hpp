// SPDX-License-Identifier: Apache-2.0
//
// As much of an ELF file as must be known before the loader may see it. Everything in it is taken
// for hostile. Boost.DLL's library_info is no help: it reads out of bounds on damaged files, and
// finds nothing in stripped ones.

#pragma once

#include "core/base/file.hpp"

#include <link.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace nightshift {

// Why a file is no shared library that this program could load: a clause such as "it is empty; copy
// it again".
class ElfError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// A shared library for this machine, of which nothing is missing: the loader maps what the program
// headers name, and to touch a part that the file does not have is the end of the process (SIGBUS).
class ElfFile {
 public:
  // Throws `ElfError` if it is anything else, `JobError` if it cannot be read. `fd` must outlive
  // this.
  explicit ElfFile(const Fd& fd);

  // The content of the first note of that owner and type.
  [[nodiscard]] std::optional<std::string> find_note(std::string_view owner,
                                                     std::uint32_t type) const;

 private:
  void read_header();
  void read_segments();
  [[nodiscard]] bool contains(std::uint64_t offset, std::uint64_t size) const noexcept;
  void read(std::uint64_t offset, void* to, std::size_t size) const;

  const Fd& fd_;
  std::uint64_t size_ = 0;
  ElfW(Ehdr) header_{};
  std::vector<ElfW(Phdr)> segments_;
};

} // namespace nightshift
