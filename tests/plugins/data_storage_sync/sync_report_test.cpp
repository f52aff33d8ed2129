// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/sync_report.hpp"
#include "tests/support/error_of.hpp"

#include <nightshift/testkit/fake_context.hpp>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>

namespace nightshift::data_storage_sync {
namespace {

using Lines = std::vector<std::string>;

// What `tell` makes a report write and count.
class Stage final : public JobType {
 public:
  using Tell = std::function<void(JobContext&)>;

  explicit Stage(Tell tell) : tell_(std::move(tell)) {}

  [[nodiscard]] const JobTypeInfo& info() const noexcept override { return info_; }

  void run(JobContext& context) const override { tell_(context); }

 private:
  Tell tell_;
  JobTypeInfo info_;
};

struct Telling {
  testkit::FakeContext fake;

  explicit Telling(const std::function<void(SyncReport&)>& tell, std::int64_t expected = 0) {
    fake.run(Stage([&](JobContext& context) {
      SyncReport report(context, expected);
      tell(report);
    }));
  }
};

Lines lines_for(const std::vector<std::int64_t>& batches) {
  const Telling telling([&](SyncReport& report) {
    FolderPart part;
    MergeCounts counts;
    for (const std::int64_t batch : batches) {
      report.taken(batch);
      counts.added += batch;
    }
    part.skipped.add(Skip::extension, 0);
    part.objects.resize(static_cast<std::size_t>(counts.added));
    report.listed(part);
    report.end_listing();
    report.finish(counts);
  });
  return telling.fake.log.messages();
}

TEST(SyncReport, WritesEveryThousandThenTheRestAndOnceMore) {
  const Lines expected{"Processed 1000 files", "Processed 2000 files", "Processed 3000 files",
                       "Processed 3419 files", "Processed 3419 files"};
  EXPECT_EQ(lines_for({3419}), expected);
  EXPECT_EQ(lines_for(std::vector<std::int64_t>(3419, 1)), expected) << "whatever the batches";
}

TEST(SyncReport, WritesAnExactMultipleTwiceInAll) {
  EXPECT_EQ(lines_for({2000}),
            (Lines{"Processed 1000 files", "Processed 2000 files", "Processed 2000 files"}));
}

TEST(SyncReport, WritesOneLineForNothing) {
  EXPECT_EQ(lines_for({}),
            (Lines{"The deployment's folder holds nothing: check its source and subdir",
                   "Processed 0 files"}));
}

TEST(SyncReport, WritesLessOftenTheMoreThereIs) {
  const Lines lines = lines_for({350'000});
  Lines expected;
  for (const int count :
       {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 200, 300, 350, 350}) {
    expected.push_back(fmt::format("Processed {}000 files", count));
  }
  EXPECT_EQ(lines, expected);
}

TEST(SyncReport, NeverExpectsLessThanItHas) {
  const Telling telling(
      [](SyncReport& report) {
        report.taken(80);
        report.taken(40);
      },
      100);
  EXPECT_EQ(telling.fake.progress.done(), 120);
  EXPECT_EQ(telling.fake.progress.total(), 120);
  EXPECT_EQ(telling.fake.progress.parameter(0), 120);
}

TEST(SyncReport, EndsWithWhatThereIsWhenLessCameThanExpected) {
  const Telling telling(
      [](SyncReport& report) {
        report.taken(80);
        report.end_listing();
      },
      100);
  EXPECT_EQ(telling.fake.progress.done(), 80);
  EXPECT_EQ(telling.fake.progress.total(), 80);
}

TEST(SyncReport, TellsRoughlyHowFarAListingOfUnknownLengthIs) {
  const Telling telling([](SyncReport& report) {
    FolderPart part;
    for (const std::int64_t waiting : {3, 1}) {
      part.folders_waiting = waiting;
      report.listed(part);
    }
  });
  EXPECT_EQ(telling.fake.progress.total(), 0);
  EXPECT_NEAR(telling.fake.progress.fraction(), 0.5, 0.01) << "2 done, 1 at work, 1 waiting";
}

TEST(SyncReport, NamesTheFirstFailuresAndCountsTheRest) {
  const Telling telling([](SyncReport& report) {
    FolderPart part;
    for (int i = 0; i < 1234; ++i) {
      part.failures.push_back({fmt::format("a/{}\xFF.jpg", i), "Permission denied"});
    }
    report.listed(part);
    report.finish({});
  });
  const Lines lines = telling.fake.log.messages();
  ASSERT_EQ(lines.size(), 22U);
  EXPECT_EQ(lines[0], "Cannot read a/0\\xFF.jpg: Permission denied");
  EXPECT_EQ(lines[19], "Cannot read a/19\\xFF.jpg: Permission denied");
  EXPECT_EQ(lines[20],
            "1,234 entries could not be read, the first 20 above; no capture there was marked as "
            "missing");
  EXPECT_EQ(telling.fake.host.failed_items().size(), 1234U);
  EXPECT_EQ(telling.fake.host.failed_items()[0].key, "a/0\xFF.jpg");
  EXPECT_EQ(telling.fake.progress.get(Counter::failed), 1234);
}

TEST(SyncReport, SaysWhyCapturesHaveNoTime) {
  const Telling telling([](SyncReport& report) {
    std::vector<CaptureTime> times(1000, CaptureTime{0, TimeSource::none});
    times.resize(1234, CaptureTime{0, TimeSource::invalid});
    times.push_back({1, TimeSource::digits_14});
    report.dated(times);
    report.finish({});
  });
  // After the line that nothing was listed.
  EXPECT_EQ(telling.fake.log.lines()[1],
            (testkit::RecordingLogger::Line{
                Severity::warning,
                "1,234 captures have no time in their names: none 1,000, invalid 234; see "
                "\"nightshift catalogue undated\""}));
}

TEST(SyncReport, PassesOnWhatTheMergeCounted) {
  const Telling telling([](SyncReport& report) {
    report.merged({1, 2, 3, 0, 4, 500, 6, 7});
    report.merged({10, 20, 30, 5, 40, 5000, 60, 70});
  });
  const auto get = [&](Counter counter) { return telling.fake.progress.get(counter); };
  EXPECT_EQ(get(Counter::added), 10);
  EXPECT_EQ(get(Counter::changed), 20);
  EXPECT_EQ(get(Counter::unchanged), 30);
  EXPECT_EQ(get(Counter::missing), 5);
  EXPECT_EQ(get(Counter::undated), 40);
  EXPECT_EQ(get(Counter::bytes), 5000);
  EXPECT_EQ(get(Counter::folders), 60);
  EXPECT_EQ(get(Counter::folders_changed), 70);
}

TEST(SyncReport, TellsWhatWasPassedOverAndWhatMayBeMissedThere) {
  const Telling telling([](SyncReport& report) {
    report.passed_over(1200);
    report.passed_over(0);
    report.reconcile({});
    report.finish({});
  });
  EXPECT_EQ(
      telling.fake.log.messages(),
      (Lines{"Processed 1000 files",
             "Passed over 2 folders with 1,200 captures, in which nothing has come or gone "
             "since they were last read; what was written to in place there is seen only by a "
             "sync without verify: quick",
             "Processed 1200 files"}));
  EXPECT_EQ(telling.fake.progress.get(Counter::passed_over), 1200);
  EXPECT_EQ(telling.fake.progress.get(Counter::listed), 0);
}

TEST(SyncReport, RefusesToEndWithAnEntryUnaccountedFor) {
  const JobError error = tests::error_of([] {
    Telling([](SyncReport& report) {
      FolderPart part;
      part.add("a.jpg", 1, 1);
      part.add("b.jpg", 1, 1);
      part.skipped.add(Skip::litter);
      report.listed(part);
      MergeCounts counts;
      counts.added = 1;
      report.reconcile(counts);
    });
  });
  EXPECT_EQ(error.code(), error_code::k_not_reconciled);
  EXPECT_EQ(std::string(error.what()),
            "the listing held 3 entries, but 2 are accounted for (new 1, changed 0, unchanged 0, "
            "skipped 1, failed 0): run the sync again, and report this if it happens again");
}

} // namespace
} // namespace nightshift::data_storage_sync
