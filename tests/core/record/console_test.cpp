// SPDX-License-Identifier: Apache-2.0

#include "core/record/console.hpp"
#include "tests/support/content_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <nightshift/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace nightshift {
namespace {

using testing::HasSubstr;
using testing::Not;

// What a console shows of these events on stderr.
std::string shown(const ConsoleSettings& settings, const std::vector<Event>& events) {
  testing::internal::CaptureStderr();
  {
    const auto console = open_console(settings);
    for (const Event& event : events) {
      console->on_event(event);
    }
  }
  return testing::internal::GetCapturedStderr();
}

class ConsoleTest : public testing::Test {
 protected:
  Event line(Severity severity, const std::string& message) {
    return script_.next(EventKind::log, Json::object(), {}, message, severity);
  }

  Event progress(double fraction, std::int64_t listed) {
    return script_.next(
        EventKind::progress,
        {{"fraction", fraction}, {"total", 100}, {"counters", {{"listed", listed}}}}, "sync");
  }

  Event status(const std::string& word) {
    return script_.next(EventKind::job_status, {{"status", word}});
  }

  tests::EventScript script_{7};
  ConsoleSettings settings_;
};

TEST_F(ConsoleTest, PlainLinesNameTheJobAndHaveNoControlCharacters) {
  const std::string text = shown(settings_, {line(Severity::info, "Processed 1000 files"),
                                             line(Severity::warning, "evil\n\x1B[31mline")});
  EXPECT_THAT(text, HasSubstr("INFO  job 7: Processed 1000 files\n"));
  EXPECT_THAT(text, HasSubstr("WARN  job 7: evil\\n\\x1B[31mline\n"));
}

TEST_F(ConsoleTest, ProgressIsNotShownInAPipe) {
  EXPECT_EQ(shown(settings_, {status("STARTED"), progress(0.5, 50)}), "");
}

TEST_F(ConsoleTest, QuietShowsErrorsAlone) {
  settings_.mode = ConsoleMode::quiet;
  const std::string text =
      shown(settings_, {line(Severity::info, "fine"), line(Severity::warning, "odd"),
                        line(Severity::error, "bad")});
  EXPECT_THAT(text, HasSubstr("bad"));
  EXPECT_THAT(text, Not(HasSubstr("fine")));
  EXPECT_THAT(text, Not(HasSubstr("odd")));
}

TEST_F(ConsoleTest, DebugLinesAreShownOnRequest) {
  EXPECT_EQ(shown(settings_, {line(Severity::debug, "detail")}), "");
  settings_.debug = true;
  EXPECT_THAT(shown(settings_, {line(Severity::debug, "detail")}), HasSubstr("detail"));
}

TEST_F(ConsoleTest, ATerminalHasAProgressLineUnderTheLog) {
  settings_.mode = ConsoleMode::terminal;
  const std::string text = shown(settings_, {status("STARTED"), progress(0.5, 12'345),
                                             line(Severity::info, "a line"), status("SUCCESS")});
  EXPECT_THAT(text, HasSubstr("[############............]  50 %  12,345 listed"));
  EXPECT_THAT(text, HasSubstr("\r\x1B[K"));
  EXPECT_TRUE(text.ends_with("\r\x1B[K")) << "nothing is left of it at the end: " << text;
}

TEST_F(ConsoleTest, TheProgressLineFitsTheTerminal) {
  settings_.mode = ConsoleMode::terminal;
  settings_.width = 30;
  const std::string text = shown(settings_, {status("STARTED"), progress(0.5, 12'345)});
  const auto bar = text.rfind('[');
  EXPECT_LT(text.size() - bar, 30U);
}

TEST_F(ConsoleTest, ColoursOnlyWhereWanted) {
  EXPECT_THAT(shown(settings_, {line(Severity::error, "bad")}), Not(HasSubstr("\x1B[31m")));
  settings_.colour = true;
  EXPECT_THAT(shown(settings_, {line(Severity::error, "bad")}), HasSubstr("\x1B[31mERROR\x1B[0m"));
}

TEST_F(ConsoleTest, ALogFileGetsEveryLineEvenWhenQuiet) {
  const tests::TempDir folder;
  settings_.mode = ConsoleMode::quiet;
  settings_.log_file = folder / "night.log";
  (void)shown(settings_, {line(Severity::info, "fine"), line(Severity::debug, "detail")});
  const std::string text = tests::content_of(*settings_.log_file);
  EXPECT_THAT(text, HasSubstr("INFO  job 7: fine\n"));
  EXPECT_THAT(text, HasSubstr("DEBUG job 7: detail\n"));
}

TEST_F(ConsoleTest, ALogFileThatCannotBeOpenedIsAnError) {
  settings_.log_file = "/proc/nowhere/night.log";
  EXPECT_THROW((void)open_console(settings_), JobError);
}

TEST_F(ConsoleTest, IsPlainWithoutATerminal) {
  EXPECT_EQ(console_settings_for_stderr().colour, false);
}

} // namespace
} // namespace nightshift
