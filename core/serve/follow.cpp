// SPDX-License-Identifier: Apache-2.0

#include "core/serve/follow.hpp"

#include "core/record/job_summary.hpp"
#include "core/record/lost_job.hpp"
#include "core/serve/journal_text.hpp"
#include "core/serve/record_cache.hpp"

#include <nightshift/error.hpp>
#include <nightshift/job_status.hpp>

#include <fmt/format.h>

#include <system_error>
#include <utility>

namespace nightshift::serve {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::chrono::seconds k_look_at_journals{1}; // where nothing tells of a change
constexpr std::chrono::seconds k_longest_silence{15}; // of a stream: middlemen cut off what is idle
constexpr std::chrono::milliseconds k_between_looks{50}; // a busy journal is told of in pieces
constexpr const char* k_beginning = "retry: 1000\n\n";
constexpr const char* k_sign_of_life = ": alive\n\n";

// Whether nobody works on it and nobody has to.
bool is_over(const JobFolder& folder) {
  std::error_code ignored;
  if (std::filesystem::exists(folder.live_mark(), ignored)) {
    return false;
  }
  try {
    return is_final(read_job_summary(folder).status);
  } catch (const JobError&) { // it is removed
    return true;
  }
}

void finalise_quietly(const JobFolder& folder) {
  std::error_code ignored;
  if (!std::filesystem::exists(folder.live_mark(), ignored)) {
    return;
  }
  try {
    finalise_if_lost(folder, nullptr);
  } catch (const JobError&) { // not ours to write: it is shown as it is
  }
}

class Follower final : public Stream {
 public:
  Follower(std::shared_ptr<JournalFeed> feed, std::uint64_t offset,
           std::shared_ptr<std::atomic<std::size_t>> count)
      : feed_(std::move(feed)),
        count_(std::move(count)),
        offset_(offset) {
    ++*count_;
  }

  ~Follower() override {
    feed_->remove(this);
    --*count_;
  }

  SharedText next() override {
    if (std::exchange(first_, false)) {
      return told(std::make_shared<const std::string>(k_beginning));
    }
    for (;;) {
      JournalFeed::Piece piece;
      try {
        piece = feed_->at(offset_);
      } catch (const JobError&) { // removed
        gone_ = true;
        return nullptr;
      }
      const bool moved = piece.end != offset_;
      offset_ = piece.end;
      if (piece.text && !piece.text->empty()) {
        return told(piece.text);
      }
      if (!moved) {
        break;
      }
    }
    return SteadyClock::now() - told_ >= k_longest_silence
               ? told(std::make_shared<const std::string>(k_sign_of_life))
               : nullptr;
  }

  [[nodiscard]] bool ended() const override { return gone_ || feed_->ends_at(offset_); }

  void on_more(std::function<void()> more) override { feed_->add(this, std::move(more)); }

 private:
  SharedText told(SharedText text) {
    told_ = SteadyClock::now();
    return text;
  }

  const std::shared_ptr<JournalFeed> feed_;
  const std::shared_ptr<std::atomic<std::size_t>> count_; // of all followers
  std::uint64_t offset_;
  bool first_ = true;
  bool gone_ = false;
  SteadyClock::time_point told_ = SteadyClock::now();
};

} // namespace

JournalFeed::JournalFeed(JobFolder folder, FileWatch& watch)
    : folder_(std::move(folder)),
      watch_(watch),
      watched_(watch.add_growing(folder_.journal())) {
  look(false);
}

JournalFeed::~JournalFeed() {
  watch_.forget(watched_);
}

JournalFeed::Piece JournalFeed::at(std::uint64_t offset) {
  const std::scoped_lock lock(mutex_);
  const bool at_end = offset == size_;
  if (at_end) {
    return {nullptr, offset};
  }
  if (begin_ != offset || piece_.end == offset || !piece_.text) {
    JournalPiece piece = read_piece(folder_.journal(), offset);
    begin_ = offset;
    piece_ = {std::make_shared<const std::string>(std::move(piece.text)), piece.end};
  }
  return piece_;
}

bool JournalFeed::ends_at(std::uint64_t offset) const {
  const std::scoped_lock lock(mutex_);
  return over_ && offset >= size_;
}

void JournalFeed::add(const void* follower, std::function<void()> more) {
  const std::scoped_lock lock(mutex_);
  followers_[follower] = std::move(more);
}

void JournalFeed::remove(const void* follower) {
  const std::scoped_lock lock(mutex_);
  followers_.erase(follower);
}

void JournalFeed::look(bool tell_anyway) {
  finalise_quietly(folder_);
  const bool over = is_over(folder_); // before the size: what ends the job is in it
  const auto stamp = stamp_of(folder_.journal());
  const std::uint64_t size = stamp ? static_cast<std::uint64_t>(stamp->size) : 0;
  const std::scoped_lock lock(mutex_);
  if (size == size_ && over == over_ && !tell_anyway) {
    return;
  }
  if (size != size_) { // a piece that ended at the old end may go on now
    piece_.text = nullptr;
  }
  size_ = size;
  over_ = over;
  for (const auto& [follower, more] : followers_) {
    more();
  }
}

FollowerHub::FollowerHub() : thread_([this] { watch(); }) {}

FollowerHub::~FollowerHub() {
  stop_ = true;
  watch_.wake();
  thread_.join();
}

std::unique_ptr<Stream> FollowerHub::follow(const JobFolder& folder, std::uint64_t sequence) {
  const std::uint64_t offset = offset_after(folder.journal(), sequence);
  const std::scoped_lock lock(mutex_);
  std::weak_ptr<JournalFeed>& known = feeds_[folder.id];
  std::shared_ptr<JournalFeed> feed = known.lock();
  if (!feed) {
    feed = std::make_shared<JournalFeed>(folder, watch_);
    known = feed;
  }
  return std::make_unique<Follower>(std::move(feed), offset, count_);
}

void FollowerHub::watch() {
  auto looked = SteadyClock::now();
  while (!stop_) {
    const bool changed = watch_.wait(k_look_at_journals);
    std::vector<std::shared_ptr<JournalFeed>> feeds;
    {
      const std::scoped_lock lock(mutex_);
      std::erase_if(feeds_, [](const auto& feed) { return feed.second.expired(); });
      for (const auto& [id, feed] : feeds_) {
        feeds.push_back(feed.lock());
      }
    }
    const bool signs_of_life = SteadyClock::now() - looked >= k_longest_silence / 3;
    looked = signs_of_life ? SteadyClock::now() : looked;
    for (const auto& feed : feeds) {
      if (feed) {
        feed->look(signs_of_life);
      }
    }
    if (changed && !feeds.empty()) {
      std::this_thread::sleep_for(k_between_looks);
    }
  }
}

} // namespace nightshift::serve
