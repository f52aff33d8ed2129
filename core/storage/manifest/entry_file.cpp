// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/entry_file.hpp"

#include "core/base/text.hpp"
#include "core/base/work_meter.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>

namespace nightshift::manifest {

namespace {

constexpr std::size_t k_buffer = 65'536;
constexpr std::size_t k_longest_number = 10; // 64 bits, seven to a byte

// Least significant bits first, seven a byte, the eighth says that more follow.
void append_number(std::string& to, std::uint64_t number) {
  while (number >= 0x80) {
    to.push_back(static_cast<char>((number & 0x7FU) | 0x80U));
    number >>= 7U;
  }
  to.push_back(static_cast<char>(number));
}

void append_text(std::string& to, std::string_view text) {
  append_number(to, text.size());
  to += text;
}

// Numbers near zero, of either sign, become small ones.
std::uint64_t fold(std::uint64_t number) noexcept {
  return (number << 1U) ^ (number >> 63U != 0 ? ~std::uint64_t{0} : 0);
}

std::uint64_t unfold(std::uint64_t number) noexcept {
  return (number >> 1U) ^ ((number & 1U) != 0 ? ~std::uint64_t{0} : 0);
}

// How far apart two times are; that wraps around, and back again.
std::uint64_t difference(std::int64_t a, std::int64_t b) noexcept {
  return static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b);
}

std::size_t common_length(std::string_view a, std::string_view b) noexcept {
  const std::size_t most = std::min(a.size(), b.size());
  return static_cast<std::size_t>(std::mismatch(a.begin(), a.begin() + most, b.begin()).first -
                                  a.begin());
}

Fd create(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (!fd) {
    throw system_error(errno, fmt::format("cannot write the temporary file {}", path.native()));
  }
  return fd;
}

} // namespace

std::pair<std::uint64_t, std::uint64_t> EntryFile::extent(std::size_t block) const {
  const std::uint64_t end = block + 1 < blocks_.size() ? blocks_[block + 1].offset : size_;
  return {blocks_.at(block).offset, end};
}

std::pair<std::size_t, std::size_t> EntryFile::blocks_under(std::string_view prefix) const {
  const auto after = std::upper_bound(
      blocks_.begin(), blocks_.end(), prefix,
      [](std::string_view sought, const Block& block) { return sought < block.first_folder; });
  // The folders may begin in the midst of the block before.
  const auto first = after == blocks_.begin() ? after : after - 1;
  const auto last = std::find_if(after, blocks_.end(), [&](const Block& block) {
    return !block.first_folder.starts_with(prefix);
  });
  return {static_cast<std::size_t>(first - blocks_.begin()),
          static_cast<std::size_t>(last - blocks_.begin())};
}

EntryFileWriter::EntryFileWriter(std::filesystem::path path, const std::vector<std::string>& files,
                                 std::size_t block_size)
    : path_(std::move(path)),
      files_(files),
      block_size_(block_size),
      fd_(create(path_)) {}

void EntryFileWriter::add(const SplitEntry& entry) {
  const bool is_first = blocks_.empty();
  const bool is_new_folder = is_first || entry.folder != folder_;
  if (!is_new_folder && entry.name == name_) {
    throw permanent_error(
        error_code::k_bad_data,
        fmt::format("{} names {} as {} does: a manifest has each object once; make it anew, of one "
                    "listing of the place",
                    to_string(std::max(place_, entry.place), files_),
                    one_line(printable_key(folder_ + name_)),
                    to_string(std::min(place_, entry.place), files_)));
  }
  assert(is_first || compare({folder_, name_}, entry) < 0);
  if (is_new_folder) {
    begin_folder(entry);
  }
  record_.clear();
  const std::size_t common = is_new_folder ? 0 : common_length(name_, entry.name);
  append_number(record_, (std::uint64_t{common} << 1U) | (is_new_folder ? 1U : 0U));
  if (is_new_folder) {
    append_text(record_, entry.folder);
  }
  append_text(record_, entry.name.substr(common));
  append_number(record_, static_cast<std::uint64_t>(entry.size));
  append_number(record_, fold(difference(entry.last_modified, last_modified_)));
  append_text(record_, entry.etag);
  append_number(record_, entry.place.file);
  append_number(record_, static_cast<std::uint64_t>(entry.place.line));
  append_text(buffer_, record_);
  name_ = entry.name;
  last_modified_ = entry.last_modified;
  place_ = entry.place;
  if (buffer_.size() >= k_buffer) {
    write();
  }
}

void EntryFileWriter::begin_folder(const SplitEntry& entry) {
  folder_ = entry.folder;
  last_modified_ = 0;
  const std::uint64_t offset = written_ + buffer_.size();
  if (blocks_.empty() || offset - blocks_.back().offset >= block_size_) {
    blocks_.push_back({folder_, offset});
  }
}

void EntryFileWriter::write() {
  try {
    write_all(fd_, buffer_, path_);
  } catch (const JobError& error) {
    if (error.code() == error_code::k_no_space) {
      throw permanent_error(
          error_code::k_no_space,
          fmt::format("{}: make room there, or set TMPDIR to a larger place", error.what()));
    }
    throw;
  }
  written_ += buffer_.size();
  buffer_.clear();
}

EntryFile EntryFileWriter::finish() {
  write();
  return {std::move(fd_), std::move(path_), std::move(blocks_), written_};
}

EntryFileReader::EntryFileReader(const EntryFile& file,
                                 std::pair<std::uint64_t, std::uint64_t> extent)
    : file_(file),
      at_(extent.first),
      end_(extent.second),
      buffer_(k_buffer) {}

bool EntryFileReader::next() {
  if (buffer_at_ == buffer_end_ && at_ == end_) {
    return false;
  }
  const std::uint64_t left = end_ - at_ + (buffer_end_ - buffer_at_);
  require(static_cast<std::size_t>(std::min<std::uint64_t>(left, k_longest_number)));
  require(static_cast<std::size_t>(take_number()));
  const std::uint64_t head = take_number();
  is_first_of_folder_ = (head & 1U) != 0;
  if (is_first_of_folder_) {
    folder_ = take_text();
    entry_.last_modified = 0;
  }
  name_.resize(static_cast<std::size_t>(head >> 1U));
  name_ += take_text();
  entry_.folder = folder_;
  entry_.name = name_;
  entry_.size = static_cast<std::int64_t>(take_number());
  entry_.last_modified = static_cast<std::int64_t>(
      static_cast<std::uint64_t>(entry_.last_modified) + unfold(take_number()));
  entry_.etag = take_text();
  entry_.place.file = static_cast<std::uint32_t>(take_number());
  entry_.place.line = static_cast<std::int64_t>(take_number());
  return true;
}

// Have at least `size` bytes in the buffer.
void EntryFileReader::require(std::size_t size) {
  const std::size_t have = buffer_end_ - buffer_at_;
  if (have >= size) {
    return;
  }
  std::copy_n(buffer_.data() + buffer_at_, have, buffer_.data());
  buffer_at_ = 0;
  buffer_end_ = have;
  buffer_.resize(std::max(buffer_.size(), size));
  while (buffer_end_ < size) {
    const auto room = std::min<std::uint64_t>(buffer_.size() - buffer_end_, end_ - at_);
    const ssize_t count = ::pread(file_.fd().get(), buffer_.data() + buffer_end_,
                                  static_cast<std::size_t>(room), static_cast<off_t>(at_));
    tally(Tally::read);
    if (count <= 0) {
      if (count < 0 && errno == EINTR) {
        continue;
      }
      throw system_error(count < 0 ? errno : EIO,
                         fmt::format("cannot read the temporary file {}", file_.path().native()));
    }
    tally(Tally::read_bytes, count);
    buffer_end_ += static_cast<std::size_t>(count);
    at_ += static_cast<std::uint64_t>(count);
  }
}

std::uint64_t EntryFileReader::take_number() {
  std::uint64_t number = 0;
  for (unsigned shift = 0;; shift += 7) {
    const auto byte = static_cast<unsigned char>(buffer_[buffer_at_++]);
    number |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80) {
      return number;
    }
  }
}

std::string_view EntryFileReader::take_text() {
  const auto size = static_cast<std::size_t>(take_number());
  const std::string_view text(buffer_.data() + buffer_at_, size);
  buffer_at_ += size;
  return text;
}

} // namespace nightshift::manifest
