// SPDX-License-Identifier: Apache-2.0

#include "core/storage/manifest/manifest_storage.hpp"

#include "core/base/file.hpp"
#include "core/base/private_folder.hpp"
#include "core/base/text.hpp"
#include "core/base/time.hpp"
#include "core/storage/litter.hpp"
#include "core/storage/manifest/read_manifest.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>
#include <nightshift/units.hpp>

#include <fmt/format.h>

#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nightshift::manifest {

namespace {

constexpr std::string_view k_temporary_prefix = "nightshift-manifest-";

// Which file it is, and in which state.
struct Identity {
  dev_t device = 0;
  ino_t number = 0;
  off_t size = 0;
  std::chrono::seconds modified{0}; // since 1970
  std::chrono::nanoseconds fraction{0};

  friend bool operator==(const Identity&, const Identity&) = default;
};

// Throws as `open_file` does, with what to do.
Fd open_manifest(const std::string& path) {
  try {
    return open_file(path);
  } catch (const JobError& error) {
    throw JobError(
        error.error_class(), error.code(),
        fmt::format("{}; check the source's URI, and whatever makes the manifest", error.what()));
  }
}

Identity identify(const std::string& path) {
  const Fd fd = open_manifest(path);

  struct stat facts {};

  if (::fstat(fd.get(), &facts) != 0) {
    throw system_error(errno, fmt::format("cannot examine {}", shown_path(path)));
  }
  return {facts.st_dev, facts.st_ino, facts.st_size, std::chrono::seconds(facts.st_mtim.tv_sec),
          std::chrono::nanoseconds(facts.st_mtim.tv_nsec)};
}

// A manifest that is known to be whole, and sorted.
struct Sorted {
  Identity identity;
  std::unique_ptr<PrivateFolder> folder; // of the file
  EntryFile entries;
};

// Whether a folder below `prefix` is litter, or in some.
bool is_in_litter(std::string_view folder, std::string_view prefix) {
  std::string_view rest = folder.substr(prefix.size());
  while (!rest.empty()) {
    const std::size_t end = rest.find('/');
    if (is_litter(rest.substr(0, end), EntryKind::folder)) {
      return true;
    }
    rest.remove_prefix(end + 1);
  }
  return false;
}

// Hands the folders of neighbouring entries to a sink.
class FolderLister {
 public:
  FolderLister(const ListQuery& query, FolderSink sink, const std::stop_token& stop,
               PartLimits limits)
      : query_(query),
        sink_(sink),
        stop_(stop),
        limits_(limits) {}

  void list(EntryFileReader& reader) const {
    for (bool more = reader.next(); more;) {
      if (stop_.stop_requested()) {
        throw cancelled_error();
      }
      more = reader.entry().folder.starts_with(query_.prefix) ? list_folder(reader)
                                                              : pass_over_folder(reader);
    }
  }

 private:
  // Whether another folder follows, of which the reader has the first entry then.
  [[nodiscard]] bool list_folder(EntryFileReader& reader) const {
    PartWriter parts(std::string(reader.entry().folder), limits_, sink_);
    const bool in_litter = is_in_litter(parts.folder(), query_.prefix);
    bool more = true;
    do {
      const SplitEntry& entry = reader.entry();
      if (const auto skip = in_litter ? std::optional(Skip::litter) : why_not(entry)) {
        parts.skip(*skip);
      } else {
        parts.add(entry.name, entry.size, entry.last_modified, entry.etag);
      }
      more = reader.next();
    } while (more && !reader.is_first_of_folder());
    parts.finish();
    return more;
  }

  [[nodiscard]] static bool pass_over_folder(EntryFileReader& reader) {
    bool more = true;
    do {
      more = reader.next();
    } while (more && !reader.is_first_of_folder());
    return more;
  }

  [[nodiscard]] std::optional<Skip> why_not(const SplitEntry& entry) const {
    if (is_litter(entry.name, EntryKind::object)) {
      return Skip::litter;
    }
    const auto skip = query_.filter(entry.folder, entry.name);
    return entry.name.empty() ? skip.value_or(Skip::folder_marker) : skip;
  }

  const ListQuery& query_;
  FolderSink sink_;
  const std::stop_token& stop_;
  PartLimits limits_;
};

class ManifestStorage final : public Storage {
 public:
  ManifestStorage(Settings settings, PartLimits limits, SorterLimits sorter_limits)
      : settings_(std::move(settings)),
        limits_(limits),
        sorter_limits_(sorter_limits) {
    check_age(identify(settings_.path).modified);
  }

  void list(const ListQuery& query, FolderSink sink, Executor& executor,
            std::stop_token stop) override {
    const std::shared_ptr<const Sorted> sorted = get_sorted(stop);
    const auto [first, last] = sorted->entries.blocks_under(query.prefix);
    parallel_for(executor, last - first, [&, first = first](std::size_t i) {
      if (stop.stop_requested()) {
        throw cancelled_error();
      }
      EntryFileReader reader(sorted->entries, sorted->entries.extent(first + i));
      FolderLister(query, sink, stop, limits_).list(reader);
    });
  }

  [[nodiscard]] std::size_t read(std::string_view key, std::uint64_t /*offset*/,
                                 std::span<std::byte> /*to*/) override {
    throw permanent_error(error_code::k_unsupported,
                          fmt::format("{} cannot be read: a manifest lists objects and has none of "
                                      "their bytes; name the place itself as the source",
                                      one_line(printable_key(key))));
  }

  [[nodiscard]] std::string describe() const override { return make_uri(settings_.path); }

 private:
  [[nodiscard]] std::string name() const { return shown_path(settings_.path); }

  // `made`: since 1970.
  void check_age(std::chrono::seconds made) const {
    if (!settings_.max_age) {
      return;
    }
    const auto now = system_now().time_since_epoch();
    const auto age = std::chrono::floor<std::chrono::seconds>(now) - made;
    if (age > *settings_.max_age) {
      throw permanent_error(
          error_code::k_bad_data,
          fmt::format("{} was made {} ago, more than the source's max_age of {} allows: make it "
                      "anew, and see whether what makes it still runs",
                      name(), print_duration(age), print_duration(*settings_.max_age)));
    }
  }

  // The manifest as it is now. One caller sorts it, others wait.
  std::shared_ptr<const Sorted> get_sorted(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    is_free_.wait(lock, stop, [this] { return !is_sorting_; });
    if (stop.stop_requested()) {
      throw cancelled_error();
    }
    const Identity identity = identify(settings_.path);
    check_age(identity.modified);
    if (sorted_ != nullptr && sorted_->identity == identity) {
      return sorted_;
    }
    sorted_ = nullptr;
    is_sorting_ = true;
    lock.unlock();
    std::shared_ptr<const Sorted> sorted;
    try {
      sorted = sort(identity, stop);
    } catch (...) {
      end_sorting(nullptr);
      throw;
    }
    end_sorting(sorted);
    return sorted;
  }

  void end_sorting(std::shared_ptr<const Sorted> sorted) {
    {
      const std::scoped_lock lock(mutex_);
      sorted_ = std::move(sorted);
      is_sorting_ = false;
    }
    is_free_.notify_all();
  }

  [[nodiscard]] std::shared_ptr<const Sorted> sort(const Identity& identity,
                                                   const std::stop_token& stop) const {
    auto folder = std::make_unique<PrivateFolder>(k_temporary_prefix);
    std::vector<std::string> files;
    EntrySorter sorter(folder->path(), files, sorter_limits_);
    std::size_t listed = 0;
    std::size_t taken = 0;
    const auto take = [&](const Entry& entry) {
      if (++listed % 4096 == 0 && stop.stop_requested()) {
        throw cancelled_error();
      }
      if (entry.key.starts_with(settings_.root)) {
        ++taken;
        sorter.add(entry, entry.key.substr(settings_.root.size()), stop);
      }
    };
    read(identity, files, take);
    if (listed > 0 && taken == 0) {
      throw permanent_error(error_code::k_not_found,
                            fmt::format("no key in {} begins with the source's root, \"{}\": check "
                                        "the root",
                                        name(), one_line(printable_key(settings_.root))));
    }
    EntryFile entries = sorter.finish(stop);
    return std::make_shared<const Sorted>(Sorted{identity, std::move(folder), std::move(entries)});
  }

  void read(const Identity& identity, std::vector<std::string>& files, EntrySink sink) const {
    std::optional<std::int64_t> made;
    try {
      made = read_manifest(settings_, files, sink);
    } catch (const JobError& error) {
      if (error.code() == error_code::k_bad_data) {
        check_unchanged(identity); // a better reason
      }
      throw;
    }
    check_unchanged(identity);
    if (made) {
      check_age(std::chrono::floor<std::chrono::seconds>(std::chrono::nanoseconds(*made)));
    }
  }

  void check_unchanged(const Identity& identity) const {
    if (identify(settings_.path) != identity) {
      throw transient_error(error_code::k_busy,
                            fmt::format("{} was written to while it was read: write a manifest "
                                        "under another name and rename it once it is whole",
                                        name()));
    }
  }

  Settings settings_;
  PartLimits limits_;
  SorterLimits sorter_limits_;
  std::mutex mutex_; // over what follows
  std::condition_variable_any is_free_;
  bool is_sorting_ = false;
  std::shared_ptr<const Sorted> sorted_; // null until a listing began
};

} // namespace

std::unique_ptr<Storage> open_manifest_storage(Settings settings, PartLimits limits,
                                               SorterLimits sorter_limits) {
  return std::make_unique<ManifestStorage>(std::move(settings), limits, sorter_limits);
}

} // namespace nightshift::manifest
