// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/elf_file.hpp"
#include "tests/core/plugin_host/sample_plugins.hpp"

#include <nightshift/abi.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <random>

namespace nightshift {

namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::StartsWith;
using tests::bytes_of;
using tests::PluginFolder;

class ElfFileTest : public testing::Test {
 protected:
  // Without the debug information, which would only be copied about.
  ElfFileTest() { good_.resize(end_of_segments()); }

  // The manifest in a file of that content; throws as the reader does.
  [[nodiscard]] std::optional<std::string> note_in(std::string_view bytes) const {
    const Fd fd = open_file(folder_.write("x.so", bytes));
    return ElfFile(fd).find_note(k_manifest_owner, k_manifest_note_type);
  }

  [[nodiscard]] std::string refusal_of(std::string_view bytes) const {
    try {
      static_cast<void>(note_in(bytes));
      return "none";
    } catch (const ElfError& error) {
      return error.what();
    }
  }

  // `bytes` with one header field set.
  template <class Field>
  [[nodiscard]] std::string with(Field ElfW(Ehdr)::*field, Field value) const {
    std::string bytes = good_;
    ElfW(Ehdr) header{};
    std::memcpy(&header, bytes.data(), sizeof header);
    header.*field = value;
    std::memcpy(bytes.data(), &header, sizeof header);
    return bytes;
  }

  // Where the last part that the loader maps ends.
  [[nodiscard]] std::size_t end_of_segments() const {
    ElfW(Ehdr) header{};
    std::memcpy(&header, good_.data(), sizeof header);
    std::size_t end = 0;
    for (std::size_t i = 0; i < header.e_phnum; ++i) {
      ElfW(Phdr) segment{};
      std::memcpy(&segment, good_.data() + header.e_phoff + i * sizeof segment, sizeof segment);
      end = std::max<std::size_t>(end, segment.p_offset + segment.p_filesz);
    }
    return end;
  }

  std::string good_ = bytes_of(tests::good_plugin());
  PluginFolder folder_;
};

TEST_F(ElfFileTest, FindsTheManifestOfAPlugin) {
  EXPECT_THAT(note_in(good_).value(), StartsWith("{\"manifest\":1,\"interface\":"));
}

TEST_F(ElfFileTest, FindsNoneInAnotherLibrary) {
  EXPECT_FALSE(note_in(bytes_of(tests::bad_plugin("plain_library"))));
}

TEST_F(ElfFileTest, FindsNoNoteOfAnotherOwnerOrType) {
  const Fd fd = open_file(tests::good_plugin());
  const ElfFile file(fd);
  EXPECT_FALSE(file.find_note("Nightshif", k_manifest_note_type));
  EXPECT_FALSE(file.find_note(k_manifest_owner, k_manifest_note_type + 1));
}

TEST_F(ElfFileTest, RefusesWhatIsNoSharedLibrary) {
  EXPECT_EQ(refusal_of(""), "it is empty; copy it again");
  EXPECT_EQ(refusal_of("x"), "it is not a shared library");
  EXPECT_EQ(refusal_of("#!/bin/sh\nexit 0\n"), "it is not a shared library");
  EXPECT_EQ(refusal_of(with(&ElfW(Ehdr)::e_type, static_cast<ElfW(Half)>(ET_EXEC))),
            "it is an ELF file but no shared library");
}

TEST_F(ElfFileTest, RefusesWhatWasBuiltForAnotherMachine) {
  EXPECT_THAT(refusal_of(with(&ElfW(Ehdr)::e_machine, static_cast<ElfW(Half)>(EM_RISCV))),
              HasSubstr("it was built for RISC-V and this program runs on "));
  EXPECT_THAT(refusal_of(with(&ElfW(Ehdr)::e_machine, static_cast<ElfW(Half)>(12345))),
              HasSubstr("it was built for machine number 12345 and "));
  std::string bytes = good_;
  bytes[EI_CLASS] = ELFCLASS32;
  EXPECT_EQ(refusal_of(bytes), "it is a 32-bit library and this program is a 64-bit one; build it "
                               "for this machine");
  bytes = good_;
  bytes[EI_DATA] = ELFDATA2MSB;
  EXPECT_EQ(refusal_of(bytes),
            "it has another byte order than this machine; build it for this machine");
}

TEST_F(ElfFileTest, RefusesALibraryCutShortAnywhereTheLoaderWouldTouch) {
  const std::size_t end = good_.size();
  for (std::size_t size = 4; size < end; size += size < 1024 ? 7 : 4093) {
    ASSERT_THAT(refusal_of(good_.substr(0, size)), HasSubstr("it is cut short after")) << size;
  }
  ASSERT_THAT(refusal_of(good_.substr(0, end - 1)), HasSubstr("it is cut short after"));
  EXPECT_EQ(refusal_of(good_), "none");
}

TEST_F(ElfFileTest, RefusesHeadersThatPointNowhere) {
  EXPECT_THAT(refusal_of(with(&ElfW(Ehdr)::e_phoff, ~ElfW(Off){0})), HasSubstr("cut short"));
  EXPECT_THAT(refusal_of(with(&ElfW(Ehdr)::e_phnum, static_cast<ElfW(Half)>(0xFFFF))),
              HasSubstr("cut short"));
  EXPECT_EQ(refusal_of(with(&ElfW(Ehdr)::e_phentsize, static_cast<ElfW(Half)>(1))),
            "it is an ELF file but no shared library");
}

// Under AddressSanitizer this is what shows that no byte is read out of bounds.
TEST_F(ElfFileTest, ComesToAnEndOnEveryDamagedHeader) {
  std::mt19937 random(1); // NOLINT(cert-msc51-cpp): the same damage in every run
  const std::size_t note = good_.find(k_manifest_owner);
  for (int i = 0; i < 400; ++i) {
    std::string bytes = good_;
    for (int change = 0; change < 3; ++change) {
      const std::size_t region = i % 2 == 0 ? 0 : note - 12;
      bytes[region + random() % (i % 2 == 0 ? 700 : 300)] = static_cast<char>(random());
    }
    EXPECT_THAT(refusal_of(bytes), AnyOf("none", StartsWith("it ")));
  }
}

} // namespace

} // namespace nightshift
