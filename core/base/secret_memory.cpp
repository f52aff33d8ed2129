// SPDX-License-Identifier: Apache-2.0
//
// Pieces come in sizes that are powers of two; what is given back goes into its size's list. Small
// ones are cut from regions that are never given back to the system, large ones are a region each.

#include "core/base/secret_memory.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <utility>

namespace nightshift {
namespace {

constexpr std::size_t k_smallest = 64;
constexpr std::size_t k_largest = 32768; // beyond that, a region of its own
constexpr std::size_t k_region = 65536;
constexpr std::size_t k_sizes = std::bit_width(k_largest / k_smallest);

// Stands before each piece.
struct alignas(std::max_align_t) Header {
  std::size_t size; // of the piece with this
  Header* next;     // while it is free
};

std::byte* map_region(std::size_t bytes) {
  void* const region =
      mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (region == MAP_FAILED) {
    throw std::bad_alloc();
  }
  (void)madvise(region, bytes, MADV_DONTDUMP); // a kernel without dumps knows no such advice
  return static_cast<std::byte*>(region);
}

Header* make_header(std::byte* at, std::size_t size) {
  return new (at) Header{size, nullptr};
}

Header* header_of(const void* memory) noexcept {
  return static_cast<Header*>(const_cast<void*>(memory)) - 1;
}

class SmallPieces {
 public:
  Header* take(std::size_t size) {
    Header*& first = list_of(size);
    const std::scoped_lock lock(mutex_);
    if (first == nullptr) {
      return cut(size);
    }
    return std::exchange(first, first->next);
  }

  void give_back(Header* piece) noexcept {
    Header*& first = list_of(piece->size);
    const std::scoped_lock lock(mutex_);
    piece->next = std::exchange(first, piece);
  }

 private:
  Header*& list_of(std::size_t size) noexcept {
    return free_[static_cast<std::size_t>(std::bit_width(size / k_smallest)) - 1];
  }

  // The end of a region that is too short for this piece is left unused.
  Header* cut(std::size_t size) {
    if (left_ < size) {
      next_ = map_region(k_region);
      (void)mlock(next_, k_region); // as far as the user's limit goes
      left_ = k_region;
    }
    left_ -= size;
    return make_header(std::exchange(next_, next_ + size), size);
  }

  std::mutex mutex_;
  std::array<Header*, k_sizes> free_{};
  std::byte* next_ = nullptr;
  std::size_t left_ = 0;
};

// Those of a region each. A few that were given back are kept, wiped, for who wants as much again:
// libcurl takes a large buffer for each request, and new memory costs more than what it receives.
class LargePieces {
 public:
  Header* take(std::size_t size) {
    {
      const std::scoped_lock lock(mutex_);
      const auto found = std::find_if(kept_.begin(), kept_.end(), [size](const Header* piece) {
        return piece != nullptr && piece->size >= size && piece->size / 2 <= size;
      });
      if (found != kept_.end()) {
        return std::exchange(*found, nullptr);
      }
    }
    return make_header(map_region(size), size);
  }

  void give_back(Header* piece) noexcept {
    {
      const std::scoped_lock lock(mutex_);
      const auto place = std::find(kept_.begin(), kept_.end(), nullptr);
      if (place != kept_.end()) {
        *place = piece;
        return;
      }
    }
    (void)munmap(piece, piece->size);
  }

 private:
  static constexpr std::size_t k_most_kept = 8;

  std::mutex mutex_;
  std::array<Header*, k_most_kept> kept_{};
};

// Never destroyed: what is used until the very end is given back after it.
SmallPieces& small_pieces() {
  static auto* const pieces = new SmallPieces;
  return *pieces;
}

LargePieces& large_pieces() {
  static auto* const pieces = new LargePieces;
  return *pieces;
}

} // namespace

void* allocate_secret(std::size_t bytes) {
  if (bytes > std::size_t{1} << 48U) {
    throw std::bad_alloc();
  }
  const std::size_t needed = std::max(bytes + sizeof(Header), k_smallest);
  Header* const piece = needed <= k_largest ? small_pieces().take(std::bit_ceil(needed))
                                            : large_pieces().take(needed);
  return piece + 1;
}

void free_secret(void* memory) noexcept {
  if (memory == nullptr) {
    return;
  }
  Header* const piece = header_of(memory);
  ::explicit_bzero(memory, secret_capacity(memory));
  if (piece->size <= k_largest) {
    small_pieces().give_back(piece);
  } else {
    large_pieces().give_back(piece);
  }
}

std::size_t secret_capacity(const void* memory) noexcept {
  return header_of(memory)->size - sizeof(Header);
}

void keep_environment_out_of_dumps() noexcept {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const auto begin = reinterpret_cast<std::uintptr_t>(*variable);
    const auto first_page = begin / page * page;
    (void)madvise(reinterpret_cast<void*>(first_page),
                  begin + std::strlen(*variable) + 1 - first_page, MADV_DONTDUMP);
  }
}

} // namespace nightshift
