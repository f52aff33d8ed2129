// SPDX-License-Identifier: Apache-2.0

#include "core/record/owner_lock.hpp"

#include "core/base/json.hpp"
#include "core/base/text.hpp"

#include <fmt/format.h>

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <fstream>
#include <thread>
#include <utility>

namespace nightshift {
namespace {

// The lock is the file's first byte. The second is taken with it, in one call, and let go once its
// holder has said who it is: until then the file tells of the holder before.
enum class Part : off_t { holder = 0, telling = 1 };

constexpr std::chrono::seconds k_longest_telling{1};
constexpr std::chrono::milliseconds k_look_again{1};

struct flock lock_of(short type, Part first, off_t bytes) noexcept {
  struct flock lock {};

  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = static_cast<off_t>(first);
  lock.l_len = bytes;
  return lock;
}

LockState state_of(int fd, Part part) noexcept {
  struct flock lock = lock_of(F_WRLCK, part, 1);
  if (fcntl(fd, F_OFD_GETLK, &lock) != 0) {
    return LockState::unknown;
  }
  return lock.l_type == F_UNLCK ? LockState::free : LockState::held;
}

// False if the holder does not say who it is: it was stopped right there, or has not yet got to it
// on a machine that is busier than any should be.
bool wait_until_told(int fd) {
  const auto end = std::chrono::steady_clock::now() + k_longest_telling;
  while (state_of(fd, Part::telling) == LockState::held) {
    if (std::chrono::steady_clock::now() >= end) {
      return false;
    }
    std::this_thread::sleep_for(k_look_again);
  }
  return true;
}

Json to_json(const OwnerFacts& facts) {
  return {{"pid", facts.process.pid},
          {"host", facts.process.host},
          {"boot_id", facts.process.boot_id},
          {"process_start", facts.process.start},
          {"run", facts.run},
          {"job", facts.job},
          {"state_dir", facts.state_dir},
          {"since", utc_text(facts.since)}};
}

} // namespace

std::string to_text(const OwnerFacts& facts) {
  return fmt::format("pid {} on {} since {} (job {} in {})", facts.process.pid,
                     one_line(facts.process.host), local_log_text(facts.since), facts.job,
                     one_line(facts.state_dir));
}

OwnerLock::OwnerLock(std::filesystem::path path)
    : path_(std::move(path)),
      fd_(open(path_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666)) {
  if (!fd_) {
    throw system_error(errno, fmt::format("cannot open the lock {}", path_.string()));
  }
}

bool OwnerLock::try_take() {
  return try_take_bytes(1);
}

bool OwnerLock::try_take(const OwnerFacts& self) {
  if (!try_take_bytes(2)) {
    return false;
  }
  tell(self);
  struct flock lock = lock_of(F_UNLCK, Part::telling, 1);
  (void)fcntl(fd_.get(), F_OFD_SETLK, &lock);
  return true;
}

bool OwnerLock::try_take_bytes(std::int64_t count) const {
  struct flock lock = lock_of(F_WRLCK, Part::holder, count);
  if (fcntl(fd_.get(), F_OFD_SETLK, &lock) == 0) {
    return true;
  }
  if (errno == EAGAIN || errno == EACCES) {
    return false;
  }
  throw system_error(errno, fmt::format("cannot lock {}: its file system must have locks (over "
                                        "NFS, its lock service must run)",
                                        path_.string()));
}

void OwnerLock::release() noexcept {
  if (fd_) {
    struct flock lock = lock_of(F_UNLCK, Part::holder, 2);
    (void)fcntl(fd_.get(), F_OFD_SETLK, &lock);
    fd_ = Fd();
  }
}

// One line written over the last one, then cut: a reader, who takes the first line, never sees half
// of either. On a full disk the lock holds as well; it only cannot say for whom.
void OwnerLock::tell(const OwnerFacts& facts) const noexcept {
  const std::string line = to_line(to_json(facts)) + '\n';
  if (pwrite(fd_.get(), line.data(), line.size(), 0) == static_cast<ssize_t>(line.size())) {
    (void)!ftruncate(fd_.get(), static_cast<off_t>(line.size()));
  }
}

std::optional<OwnerFacts> read_owner_facts(const std::filesystem::path& path) {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || !wait_until_told(fd.get())) {
    return std::nullopt;
  }
  std::string line;
  std::ifstream file(path);
  std::getline(file, line);
  const Json json = Json::parse(line, nullptr, false);
  try {
    OwnerFacts facts;
    facts.process.pid = json.at("pid").get<std::int64_t>();
    facts.process.host = json.at("host").get<std::string>();
    facts.process.boot_id = json.at("boot_id").get<std::string>();
    facts.process.start = json.at("process_start").get<std::uint64_t>();
    facts.run = json.at("run").get<std::string>();
    facts.job = json.at("job").get<std::int64_t>();
    facts.state_dir = json.at("state_dir").get<std::string>();
    facts.since = parse_utc(json.at("since").get<std::string>()).value_or(TimePoint{});
    return facts;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

LockState lock_state(const std::filesystem::path& path) noexcept {
  const Fd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    return errno == ENOENT ? LockState::free : LockState::unknown;
  }
  return state_of(fd.get(), Part::holder);
}

} // namespace nightshift
