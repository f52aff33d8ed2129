// SPDX-License-Identifier: Apache-2.0

#include "core/storage/s3/open_folders.hpp"

#include "core/storage/litter.hpp"

#include <algorithm>
#include <utility>

namespace nightshift::s3 {

OpenFolders::OpenFolders(const FolderContext& context, KeyRange range,
                         const std::optional<std::string>& only)
    : context_(context),
      range_(std::move(range)),
      lists_one_folder_(only.has_value()) {
  open(only ? *only : context.query.prefix, false);
}

void OpenFolders::take(std::string_view key, std::int64_t size, std::int64_t last_modified,
                       std::string_view etag) {
  const std::string_view folder = folder_of(key);
  if (folder != open_.back().path) {
    enter(folder);
  }
  PartWriter* const to = writer();
  if (to == nullptr) {
    return;
  }
  const std::string_view name = key.substr(folder.size());
  if (open_.back().is_litter || is_litter(name, EntryKind::object)) {
    to->skip(Skip::litter);
  } else if (const auto skip = context_.query.filter(folder, name)) {
    to->skip(*skip);
  } else {
    to->add(name, size, last_modified, etag);
  }
}

void OpenFolders::settle() {
  release();
  if (!context_.budget.change(settled_, memory())) {
    settled_ = memory();
    return;
  }
  settled_ = memory();
  for (Open& folder : open_) {
    if (folder.own) {
      folder.own->shed();
    }
  }
  static_cast<void>(context_.budget.change(settled_, memory()));
  settled_ = memory();
}

void OpenFolders::cut(const std::vector<std::string>& boundaries) {
  release();
  for (const std::string& boundary : boundaries) {
    each_folder_above(boundary, open_.front().path,
                      [this](std::string_view folder) { share(folder); });
  }
  range_.until = boundaries.front();
  settle();
}

void OpenFolders::finish() {
  release();
  while (!open_.empty()) {
    close_last();
  }
  static_cast<void>(context_.budget.change(settled_, 0));
}

void OpenFolders::enter(std::string_view folder) {
  release();
  while (!folder.starts_with(open_.back().path)) {
    close_last();
  }
  while (folder.size() > open_.back().path.size()) {
    const std::size_t begin = open_.back().path.size();
    const std::size_t slash = folder.find('/', begin);
    const std::string_view name = folder.substr(begin, slash - begin);
    open(folder.substr(0, slash + 1), open_.back().is_litter || is_litter(name, EntryKind::folder));
  }
}

void OpenFolders::open(std::string_view path, bool is_litter) {
  Open& folder = open_.emplace_back(Open{std::string(path), is_litter});
  if (is_litter) {
    return;
  }
  target_ = open_.size() - 1;
  if (!lists_one_folder_ && context_.own.find(path) != context_.own.end()) {
    folder.is_elsewhere = true;
  } else if (is_above(path, range_.after) || is_above(path, range_.until)) {
    folder.shared = context_.live.find(path);
  }
}

void OpenFolders::close_last() {
  if (open_.back().own) {
    open_.back().own->finish();
  }
  open_.pop_back();
  target_ = open_.size();
  while (target_ != 0 && open_[--target_].is_litter) {
  }
}

// The target's writer is asked for anew; until then others may write it.
void OpenFolders::release() {
  if (lock_) {
    open_[target_].shared->settle();
    lock_.unlock();
    lock_ = {};
  }
  writer_ = nullptr;
}

void OpenFolders::share(std::string_view folder) {
  if (!lists_one_folder_ && context_.own.find(folder) != context_.own.end()) {
    return;
  }
  if (lists_one_folder_ && folder != open_.front().path) {
    return;
  }
  const auto begun = std::find_if(open_.begin(), open_.end(),
                                  [&](const Open& open) { return open.path == folder; });
  if (begun == open_.end()) {
    context_.live.share(folder, std::nullopt);
  } else if (begun->shared == nullptr && !begun->is_litter) {
    begun->shared = &context_.live.share(folder, std::exchange(begun->own, std::nullopt));
    const std::scoped_lock lock(begun->shared->mutex());
    begun->shared->settle();
  }
}

// Nothing if the target's objects are listed by themselves.
PartWriter* OpenFolders::writer() {
  Open& target = open_[target_];
  if (writer_ != nullptr || target.is_elsewhere) {
    return writer_;
  }
  if (target.shared != nullptr) {
    lock_ = std::unique_lock(target.shared->mutex());
    writer_ = &target.shared->writer();
  } else {
    if (!target.own) {
      target.own.emplace(target.path, context_.limits, context_.sink);
    }
    writer_ = &*target.own;
  }
  return writer_;
}

std::size_t OpenFolders::memory() const noexcept {
  std::size_t sum = 0;
  for (const Open& folder : open_) {
    sum += folder.own ? folder.own->memory() : 0;
  }
  return sum;
}

} // namespace nightshift::s3
