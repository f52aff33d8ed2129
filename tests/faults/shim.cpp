// SPDX-License-Identifier: Apache-2.0
//
// Preloaded into the program: something goes wrong at the n-th call that changes a file below a
// folder. What, and where, is in the environment:
//
//   NIGHTSHIFT_FAULT         kill:N torn:N eio:N full:N readonly:N delay:N, or count:0 for
//                            nothing at all
//   NIGHTSHIFT_FAULT_BELOW   only files whose path holds this text
//   NIGHTSHIFT_FAULT_CALLS   a file that is told at the end how many such calls there were
//
// kill: the process dies instead of the call; torn: after half of it, where it is a write. eio:
// this call fails. full: this one and all later ones that need space fail with ENOSPC. readonly:
// this one and all later ones fail with EROFS, as after a disk's error the kernel has it. delay: it
// takes 30 ms longer.

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>

namespace {

enum class Kind { none, kill, torn, eio, full, readonly, delay };

struct Fault {
  Kind kind = Kind::none;
  long at = 0;
  const char* below = "";
};

Fault read_fault() {
  Fault fault;
  const char* const text = std::getenv("NIGHTSHIFT_FAULT");
  const char* const below = std::getenv("NIGHTSHIFT_FAULT_BELOW");
  if (text == nullptr || below == nullptr) {
    return fault;
  }
  fault.below = below;
  const char* const number = std::strchr(text, ':');
  fault.at = number != nullptr ? std::atol(number + 1) : 0;
  switch (text[0]) {
  case 'k':
    fault.kind = Kind::kill;
    break;
  case 't':
    fault.kind = Kind::torn;
    break;
  case 'e':
    fault.kind = Kind::eio;
    break;
  case 'f':
    fault.kind = Kind::full;
    break;
  case 'r':
    fault.kind = Kind::readonly;
    break;
  case 'd':
    fault.kind = Kind::delay;
    break;
  default:
    break;
  }
  return fault;
}

const Fault& fault() {
  static const Fault k_fault = read_fault();
  return k_fault;
}

std::atomic<long> calls{0};

struct CallReport {
  CallReport() = default;
  CallReport(const CallReport&) = delete;
  CallReport& operator=(const CallReport&) = delete;

  ~CallReport() {
    if (const char* const path = std::getenv("NIGHTSHIFT_FAULT_CALLS")) {
      char text[32];
      const int size = std::snprintf(text, sizeof text, "%ld\n", calls.load());
      const long fd = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
      (void)!syscall(SYS_write, fd, text, size);
      (void)syscall(SYS_close, fd);
    }
  }
};

const CallReport report;

bool is_ours(const char* path) {
  return fault().below[0] != '\0' && std::strstr(path, fault().below) != nullptr;
}

bool is_ours(int fd) {
  char link[64];
  char path[4096];
  std::snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  const ssize_t size = syscall(SYS_readlinkat, AT_FDCWD, link, path, sizeof path - 1);
  if (size <= 0) {
    return false;
  }
  path[size] = '\0';
  return is_ours(path);
}

enum class Verdict { go_on, fail, tear };

// What to do about a call on a file of ours. `grows`: it needs space on the disk.
Verdict judge(bool grows) {
  const long number = ++calls;
  const bool now = number == fault().at;
  switch (fault().kind) {
  case Kind::none:
    break;
  case Kind::kill:
    if (now) {
      std::raise(SIGKILL);
    }
    break;
  case Kind::torn:
    return now ? Verdict::tear : Verdict::go_on;
  case Kind::eio:
    if (now) {
      errno = EIO;
      return Verdict::fail;
    }
    break;
  case Kind::full:
    if (number >= fault().at && grows) {
      errno = ENOSPC;
      return Verdict::fail;
    }
    break;
  case Kind::readonly:
    if (number >= fault().at) {
      errno = EROFS;
      return Verdict::fail;
    }
    break;
  case Kind::delay:
    if (now) {
      const timespec pause{0, 30'000'000};
      nanosleep(&pause, nullptr);
    }
    break;
  }
  return Verdict::go_on;
}

template <class Function>
Function next(const char* name) {
  return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

// A call that is nothing but done or not done.
template <class Target>
bool fails(Target target, bool grows) {
  if (!is_ours(target)) {
    return false;
  }
  const Verdict verdict = judge(grows);
  if (verdict == Verdict::tear) {
    std::raise(SIGKILL);
  }
  return verdict == Verdict::fail;
}

ssize_t faulty_write(int fd, const void* bytes, size_t count, const off_t* offset) {
  const auto put = [&](size_t size) {
    return offset != nullptr ? syscall(SYS_pwrite64, fd, bytes, size, *offset)
                             : syscall(SYS_write, fd, bytes, size);
  };
  if (is_ours(fd)) {
    switch (judge(true)) {
    case Verdict::go_on:
      break;
    case Verdict::fail:
      return -1;
    case Verdict::tear:
      put(count / 2);
      std::raise(SIGKILL);
    }
  }
  return put(count);
}

int faulty_open(int folder, const char* path, int flags, mode_t mode) {
  const bool writes = (flags & (O_CREAT | O_WRONLY | O_RDWR)) != 0;
  if (writes && fails(path, (flags & O_CREAT) != 0)) {
    return -1;
  }
  return static_cast<int>(syscall(SYS_openat, folder, path, flags, mode));
}

mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

} // namespace

// The system's names, so the system's signatures. A fortified C library declares some twice.
#pragma GCC diagnostic ignored "-Wredundant-decls"
extern "C" {

#define FAULTY __attribute__((visibility("default")))

FAULTY int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return faulty_open(AT_FDCWD, path, flags, mode);
}

FAULTY int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  const mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return faulty_open(AT_FDCWD, path, flags, mode);
}

FAULTY ssize_t write(int fd, const void* bytes, size_t count) {
  return faulty_write(fd, bytes, count, nullptr);
}

FAULTY ssize_t pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  return faulty_write(fd, bytes, count, &offset);
}

FAULTY ssize_t pwrite64(int fd, const void* bytes, size_t count, off_t offset) {
  return faulty_write(fd, bytes, count, &offset);
}

FAULTY int fsync(int fd) {
  return fails(fd, false) ? -1 : static_cast<int>(syscall(SYS_fsync, fd));
}

FAULTY int fdatasync(int fd) {
  return fails(fd, false) ? -1 : static_cast<int>(syscall(SYS_fdatasync, fd));
}

FAULTY int ftruncate(int fd, off_t size) noexcept {
  return fails(fd, false) ? -1 : static_cast<int>(syscall(SYS_ftruncate, fd, size));
}

FAULTY int ftruncate64(int fd, off_t size) noexcept {
  return fails(fd, false) ? -1 : static_cast<int>(syscall(SYS_ftruncate, fd, size));
}

FAULTY int rename(const char* from, const char* to) noexcept {
  return fails(to, true) ? -1 : next<int (*)(const char*, const char*)>("rename")(from, to);
}

FAULTY int unlink(const char* path) noexcept {
  return fails(path, false) ? -1 : next<int (*)(const char*)>("unlink")(path);
}

FAULTY int mkdir(const char* path, mode_t mode) noexcept {
  return fails(path, true) ? -1 : next<int (*)(const char*, mode_t)>("mkdir")(path, mode);
}
}
