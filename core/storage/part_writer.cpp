// SPDX-License-Identifier: Apache-2.0

#include "core/storage/part_writer.hpp"

#include <utility>

namespace nightshift {

namespace {

// A failure keeps a whole key, which no text buffer is shared for, so fewer of them fill a part.
constexpr std::size_t k_max_failures = 1024;

} // namespace

PartWriter::PartWriter(std::string folder, PartLimits limits, FolderSink sink)
    : folder_(std::move(folder)),
      limits_(limits),
      sink_(sink) {}

void PartWriter::fail(std::string_view name, std::string why) {
  if (part_.failures.size() >= k_max_failures) {
    hand_over(false);
  }
  coverage_ = FolderPart::Coverage::partial;
  part_.failures.push_back({folder_ + std::string(name), std::move(why)});
}

void PartWriter::finish(std::optional<std::int64_t> version) {
  if (!first_ || part_.listed() > 0) {
    if (coverage_ == FolderPart::Coverage::whole) {
      part_.version = version;
    }
    hand_over(true);
  }
}

void PartWriter::finish_unreadable(std::string why) {
  fail("", std::move(why));
  coverage_ = FolderPart::Coverage::unreadable;
  hand_over(true);
}

void PartWriter::shed() {
  if (part_.objects.size() < 2) {
    return;
  }
  const ObjectEntry kept = part_.objects.back();
  const std::string name(part_.name(kept));
  const std::string etag(part_.etag(kept));
  part_.objects.pop_back();
  part_.text.resize(kept.name_offset);
  hand_over(false);
  part_.add(name, kept.size, kept.last_modified, etag);
}

void PartWriter::hand_over(bool last) {
  part_.folder = folder_;
  part_.first = first_;
  part_.last = last;
  part_.coverage = coverage_;
  sink_(std::exchange(part_, FolderPart{}));
  first_ = false;
}

} // namespace nightshift
