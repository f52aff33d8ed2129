// SPDX-License-Identifier: Apache-2.0

#include "core/record/job_owner.hpp"
#include "core/record/job_recorder.hpp"
#include "core/serve/follow.hpp"
#include "core/serve/journal_text.hpp"
#include "tests/support/error_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <fstream>
#include <numeric>

namespace nightshift::serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// The ids of the events in a stream's text.
std::vector<int> ids_in(const std::string& text) {
  std::vector<int> ids;
  for (std::size_t at = text.find("id: "); at != std::string::npos; at = text.find("\nid: ", at)) {
    at += text[at] == '\n' ? 1U : 0U;
    ids.push_back(std::atoi(text.c_str() + at + 4));
  }
  return ids;
}

// Reads a stream as a connection does.
class Reader {
 public:
  explicit Reader(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {
    stream_->on_more([this] {
      const std::scoped_lock lock(mutex_);
      more_ = true;
      changed_.notify_all();
    });
  }

  ~Reader() { stream_.reset(); }

  // All there is now.
  std::string take() {
    std::string text;
    while (const SharedText piece = stream_->next()) {
      text += *piece;
    }
    return text;
  }

  // Until `wanted` events are there, or the stream ends.
  std::vector<int> take_events(std::size_t wanted) {
    std::vector<int> ids;
    for (;;) {
      for (const int id : ids_in(take())) {
        ids.push_back(id);
      }
      if (ids.size() >= wanted || stream_->ended()) {
        return ids;
      }
      wait();
    }
  }

  void take_to_the_end() {
    for (take(); !stream_->ended(); take()) {
      wait();
    }
  }

 private:
  void wait() {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, std::chrono::minutes(1), [this] { return more_; })) {
      throw std::runtime_error("nothing more came");
    }
    more_ = false;
  }

  std::unique_ptr<Stream> stream_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool more_ = false;
};

class FollowTest : public testing::Test {
 protected:
  FollowTest() {
    state_.prepare();
    folder_ = state_.make_job_folder();
    recorder().emit(EventKind::job_created, tests::created_attributes());
  }

  [[nodiscard]] JobRecorder recorder() const { return {folder_, system_now, nullptr}; }

  void log(int lines) const {
    JobRecorder writer(folder_, system_now, nullptr);
    for (int i = 0; i < lines; ++i) {
      writer.log(Severity::info, "a line\nof \"seq\":99, two");
    }
  }

  void end() const {
    auto owner = JobOwner::take_over(folder_);
    recorder().emit(EventKind::job_status, {{"status", "SUCCESS"}});
    owner->finish();
  }

  tests::TempDir place_;
  StateDir state_{place_ / "state"};
  JobFolder folder_;
  FollowerHub hub_;
};

TEST_F(FollowTest, TellsWhatWasAndWhatComes) {
  log(2);
  Reader reader(hub_.follow(folder_, 0));
  EXPECT_THAT(reader.take_events(3), ElementsAre(1, 2, 3));
  log(2);
  EXPECT_THAT(reader.take_events(2), ElementsAre(4, 5));
}

TEST_F(FollowTest, AnEventIsItsLineWithItsNumberAndKind) {
  Reader reader(hub_.follow(folder_, 0));
  const std::string text = reader.take();
  EXPECT_THAT(text, HasSubstr("id: 1\nevent: job.created\ndata: {\"v\":1,\"seq\":1,"));
  EXPECT_TRUE(text.ends_with("}\n\n"));
}

TEST_F(FollowTest, GoesOnAfterAnyEventWithoutAGapOrARepetition) {
  log(40);
  for (std::uint64_t after = 0; after <= 41; ++after) {
    Reader reader(hub_.follow(folder_, after));
    std::vector<int> expected(41 - after);
    std::iota(expected.begin(), expected.end(), static_cast<int>(after) + 1);
    EXPECT_EQ(reader.take_events(expected.size()), expected) << after;
  }
}

TEST_F(FollowTest, FollowersAtDifferentPlacesEachSeeAll) {
  log(3000); // several pieces
  Reader early(hub_.follow(folder_, 0));
  Reader late(hub_.follow(folder_, 2990));
  EXPECT_EQ(hub_.count(), 2U);
  EXPECT_EQ(late.take_events(11).size(), 11U);
  EXPECT_EQ(early.take_events(3001).size(), 3001U);
  log(1);
  EXPECT_THAT(early.take_events(1), ElementsAre(3002));
  EXPECT_THAT(late.take_events(1), ElementsAre(3002));
}

TEST_F(FollowTest, EndsWhenTheJobHasEndedAndAllWasTold) {
  Reader reader(hub_.follow(folder_, 0));
  EXPECT_THAT(reader.take_events(1), ElementsAre(1));
  end();
  reader.take_to_the_end();
  Reader later(hub_.follow(folder_, 0));
  EXPECT_THAT(later.take_events(100), ElementsAre(1, 2));
}

TEST_F(FollowTest, EndsWhenTheJobIsRemoved) {
  Reader reader(hub_.follow(folder_, 0));
  EXPECT_THAT(reader.take_events(1), ElementsAre(1));
  std::filesystem::remove_all(folder_.path);
  reader.take_to_the_end();
}

TEST_F(FollowTest, ALineThatIsNotCompleteIsNotTold) {
  Reader reader(hub_.follow(folder_, 0));
  EXPECT_THAT(reader.take_events(1), ElementsAre(1));
  std::ofstream(folder_.journal(), std::ios::app) << R"({"v":1,"seq":2,"ts")";
  EXPECT_THAT(ids_in(reader.take()), IsEmpty());
  log(1); // cuts the torn end off first
  EXPECT_THAT(reader.take_events(1), ElementsAre(2));
}

TEST_F(FollowTest, AJobWithoutAJournalCannotBeFollowed) {
  std::filesystem::remove(folder_.journal());
  EXPECT_EQ(tests::error_of([&] { return hub_.follow(folder_, 0); }).code(), "not_found");
}

TEST(SequenceOf, IsOfWholeEventsOnly) {
  EXPECT_EQ(sequence_of(R"({"v":1,"seq":17,"ts":"x"})"), 17U);
  for (const char* const line : {"", "{}", R"({"v":1,"seq":17,"ts":"x")", R"({"v":2,"seq":17})",
                                 R"({"v":1,"seq":-1})", R"({"v":1,"seq":1.5})"}) {
    EXPECT_FALSE(sequence_of(line)) << line;
  }
}

} // namespace
} // namespace nightshift::serve
