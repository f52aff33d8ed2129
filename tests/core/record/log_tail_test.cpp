// SPDX-License-Identifier: Apache-2.0

#include "core/record/log_tail.hpp"
#include "tests/support/events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace nightshift {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

class LogTailTest : public testing::Test {
 protected:
  Event line(const std::string& message, Severity severity = Severity::info) {
    return script_.next(EventKind::log, Json::object(), {}, message, severity);
  }

  tests::EventScript script_{7};
};

TEST_F(LogTailTest, KeepsWholeLinesOldestFirstAndForgetsTheFirstOnes) {
  LogTail tail(200, nullptr);
  for (int i = 0; i < 100; ++i) {
    tail.on_event(line("message " + std::to_string(i)));
  }
  const std::string text = tail.text(200);
  EXPECT_LE(text.size(), 200U);
  EXPECT_THAT(text, EndsWith(" job 7: message 98\n" + text.substr(text.rfind("2025"))));
  EXPECT_THAT(text, EndsWith(" job 7: message 99\n"));
  EXPECT_THAT(text, Not(HasSubstr("message 10\n")));
  EXPECT_EQ(text[4], '-') << "begins with a whole line: " << text;
}

TEST_F(LogTailTest, GivesAsMuchAsIsAskedFor) {
  LogTail tail(10'000, nullptr);
  tail.on_event(line("one"));
  tail.on_event(line("two"));
  const std::string both = tail.text(10'000);
  EXPECT_EQ(std::count(both.begin(), both.end(), '\n'), 2);
  EXPECT_THAT(tail.text(both.size() - 1), EndsWith(" job 7: two\n"));
  EXPECT_EQ(tail.text(3), "");
}

TEST_F(LogTailTest, LeavesDebugLinesOutAndHandsEverythingOn) {
  tests::RecordingListener next;
  LogTail tail(10'000, &next);
  tail.on_event(line("quiet", Severity::debug));
  tail.on_event(script_.next(EventKind::stage_started));
  tail.on_event(line("two\nlines"));
  EXPECT_EQ(next.events().size(), 3U);
  EXPECT_THAT(tail.text(10'000), EndsWith(" job 7: two\\nlines\n"));
  EXPECT_THAT(tail.text(10'000), Not(HasSubstr("quiet")));
}

TEST_F(LogTailTest, ALineThatIsTooLongIsNotKept) {
  LogTail tail(50, nullptr);
  tail.on_event(line(std::string(1000, 'x')));
  EXPECT_EQ(tail.text(50), "");
}

} // namespace
} // namespace nightshift
