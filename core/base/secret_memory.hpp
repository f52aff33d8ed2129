// SPDX-License-Identifier: Apache-2.0
//
// Memory for what must not leave the process: its pages are in no core dump (MADV_DONTDUMP), those
// of pieces up to 32 KiB are not swapped out as far as the user's limit on locked memory goes, and
// each piece is wiped when it is given back. A process that holds secrets so can crash, be looked
// into with a debugger and read its own /proc as any other, which one that is not dumpable
// (PR_SET_DUMPABLE) cannot.

#pragma once

#include <cstddef>
#include <limits>
#include <new>

namespace nightshift {

// Aligned as malloc does. Throws `std::bad_alloc`. Any thread, also for the others.
[[nodiscard]] void* allocate_secret(std::size_t bytes);
void free_secret(void* memory) noexcept; // nothing for null

// How many bytes may be used of what `allocate_secret` gave: as many as were asked for, or more.
[[nodiscard]] std::size_t secret_capacity(const void* memory) noexcept;

// For containers without room of their own: a vector, but not a string, which keeps a short text
// in itself.
template <class T>
struct SecretAllocator {
  using value_type = T;

  SecretAllocator() = default;

  template <class U>
  explicit(false) SecretAllocator(const SecretAllocator<U>&) noexcept {}

  [[nodiscard]] T* allocate(std::size_t count) {
    if (count > std::numeric_limits<std::size_t>::max() / sizeof(T)) {
      throw std::bad_array_new_length();
    }
    return static_cast<T*>(allocate_secret(count * sizeof(T)));
  }

  void deallocate(T* memory, std::size_t) noexcept { free_secret(memory); }

  friend bool operator==(const SecretAllocator&, const SecretAllocator&) noexcept { return true; }
};

// The environment lies where the process began, and would be dumped with its stack. Before threads
// are started.
void keep_environment_out_of_dumps() noexcept;

} // namespace nightshift
