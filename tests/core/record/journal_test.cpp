// SPDX-License-Identifier: Apache-2.0

#include "core/record/journal.hpp"
#include "tests/support/content_of.hpp"
#include "tests/support/events.hpp"
#include "tests/support/temp_dir.hpp"

#include <gtest/gtest.h>

#include <fstream>

namespace nightshift {
namespace {

class JournalTest : public testing::Test {
 protected:
  std::vector<std::string> messages_in_file() {
    std::vector<std::string> messages;
    damage_ = read_journal(path_, [&](Event&& event) { messages.push_back(event.message); });
    return messages;
  }

  Event line(const std::string& message) {
    return script_.next(EventKind::log, Json::object(), {}, message);
  }

  tests::TempDir folder_;
  std::filesystem::path path_ = folder_ / "events.jsonl";
  tests::EventScript script_{1};
  JournalDamage damage_;
};

TEST_F(JournalTest, GivesBackWhatWasAppendedInOrder) {
  Journal journal(path_);
  journal.append(line("one"));
  journal.append(line("two\nwith a second line"), Durable::yes);
  EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one", "two\nwith a second line"}));
  EXPECT_EQ(damage_.lines, 0U);
}

TEST_F(JournalTest, IsAppendedToWhenOpenedAgain) {
  Journal(path_).append(line("one"));
  Journal(path_).append(line("two"));
  EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one", "two"}));
}

TEST_F(JournalTest, ATornEndAtAnyByteIsCutOffBeforeTheNextAppend) {
  {
    Journal journal(path_);
    journal.append(line("one"));
    journal.append(line("torn"));
  }
  const std::string whole = tests::content_of(path_);
  const std::size_t first_line = whole.find('\n') + 1;
  for (std::size_t length = first_line; length < whole.size(); ++length) {
    folder_.write("events.jsonl", whole.substr(0, length));
    Journal(path_).append(line("after"));
    EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one", "after"})) << length;
    EXPECT_EQ(damage_.lines, 0U) << length;
  }
}

TEST_F(JournalTest, ATornFirstLineLeavesAnEmptyJournal) {
  folder_.write("events.jsonl", R"({"v":1,"seq)");
  Journal journal(path_);
  EXPECT_EQ(tests::content_of(path_), "");
}

TEST_F(JournalTest, BlocksOfZerosAreSkippedAndTold) {
  Journal(path_).append(line("one"));
  const std::string before = tests::content_of(path_);
  folder_.write("events.jsonl", before + std::string(4096, '\0'));
  Journal(path_).append(line("two"));
  EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one", "two"}));
}

TEST_F(JournalTest, ZerosInFrontOfALineDoNotHideIt) {
  Journal(path_).append(line("one"));
  folder_.write("events.jsonl", std::string(512, '\0') + tests::content_of(path_));
  EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one"}));
  EXPECT_EQ(damage_.bytes, 512U);
}

TEST_F(JournalTest, LinesThatAreNoEventsAreSkippedAndCounted) {
  Journal(path_).append(line("one"));
  folder_.write("events.jsonl", tests::content_of(path_) + "not json\n{\"v\":99}\n");
  EXPECT_EQ(messages_in_file(), (std::vector<std::string>{"one"}));
  EXPECT_EQ(damage_.lines, 2U);
}

TEST_F(JournalTest, AFollowerReadsOnFromWhereItWas) {
  Journal journal(path_);
  journal.append(line("one"));
  std::vector<std::string> seen;
  std::uint64_t offset = 0;
  const auto read_on = [&] {
    read_journal(path_, offset, [&](Event&& event) { seen.push_back(event.message); });
  };
  read_on();
  journal.append(line("two"));
  std::ofstream(path_, std::ios::app) << R"({"v":1,"se)";
  read_on();
  EXPECT_EQ(seen, (std::vector<std::string>{"one", "two"}));
  EXPECT_LT(offset, std::filesystem::file_size(path_)) << "half a line is not taken";
}

TEST_F(JournalTest, LongLinesGoThroughWhole) {
  const std::string message(300'000, 'x');
  Journal(path_).append(line(message));
  EXPECT_EQ(messages_in_file(), std::vector<std::string>{message});
}

TEST_F(JournalTest, SaysWhichFileCannotBeOpened) {
  try {
    Journal journal((folder_ / "nowhere") / "events.jsonl");
    FAIL() << "opened a journal in a folder that is not there";
  } catch (const JobError& error) {
    EXPECT_EQ(error.code(), error_code::k_not_found);
    EXPECT_NE(std::string(error.what()).find("nowhere/events.jsonl"), std::string::npos);
  }
}

} // namespace
} // namespace nightshift
