// SPDX-License-Identifier: Apache-2.0
//
// A lock that says who holds it. The kernel holds it for a descriptor (an OFD lock), and drops it
// with its process however that ends; the file's content only tells about the holder. So no lock is
// ever stale, and the file stays for the next one: to remove it would let two hold it at once.

#pragma once

#include "core/base/file.hpp"
#include "core/base/process.hpp"
#include "core/base/time.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace nightshift {

// Who holds a lock, and what for.
struct OwnerFacts {
  ProcessIdentity process;
  std::string run;
  std::int64_t job = 0;
  std::string state_dir; // where that job is recorded
  TimePoint since;
};

// "pid 4711 on ridge-north since 2025-01-14 21:48:29 (job 12 in /srv/state)"
[[nodiscard]] std::string to_text(const OwnerFacts& facts);

class OwnerLock {
 public:
  // Open the file, making it if it is not there; the lock is not taken. Throws `JobError`.
  explicit OwnerLock(std::filesystem::path path);

  // Take the lock if it is free, and say who holds it now. Throws `JobError` where there are no
  // locks.
  [[nodiscard]] bool try_take(const OwnerFacts& self);

  // The same without a word: what the file says of the last holder stays.
  [[nodiscard]] bool try_take();

  // Let go before the descriptor is closed: a waiter is woken by the closing, and shall find the
  // lock free.
  void release() noexcept;

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  [[nodiscard]] bool try_take_bytes(std::int64_t count) const;
  void tell(const OwnerFacts& facts) const noexcept;

  std::filesystem::path path_;
  Fd fd_;
};

// Who holds the lock, or held it last; nothing where the file does not tell. Waits, a second at
// most, for a holder that has only just taken it to say who it is.
[[nodiscard]] std::optional<OwnerFacts> read_owner_facts(const std::filesystem::path& path);

enum class LockState : std::uint8_t { free, held, unknown };

// Whether anybody holds the lock now, without taking it or writing anything. Unknown: the file may
// not be read.
[[nodiscard]] LockState lock_state(const std::filesystem::path& path) noexcept;

} // namespace nightshift
