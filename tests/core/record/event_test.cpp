// SPDX-License-Identifier: Apache-2.0

#include "core/record/event.hpp"
#include "tests/support/events.hpp"

#include <gtest/gtest.h>

namespace nightshift {
namespace {

TEST(Event, ComesBackFromJsonAsItWas) {
  tests::EventScript script(7);
  const Event event = script.next(EventKind::item_failed, {{"key", "a/b.jpg"}, {"why", "denied"}},
                                  "data_storage_sync", "a line", Severity::warning);
  const auto back = event_from_json(to_json(event));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->kind, event.kind);
  EXPECT_EQ(back->sequence, event.sequence);
  EXPECT_EQ(back->time, event.time);
  EXPECT_EQ(back->severity, event.severity);
  EXPECT_EQ(back->job, event.job);
  EXPECT_EQ(back->stage, event.stage);
  EXPECT_EQ(back->message, event.message);
  EXPECT_EQ(back->attributes, event.attributes);
}

TEST(Event, LeavesOutWhatItDoesNotHave) {
  tests::EventScript script(7);
  const Json json = to_json(script.next(EventKind::stage_started));
  EXPECT_FALSE(json.contains("msg"));
  EXPECT_FALSE(json.contains("stage"));
  EXPECT_FALSE(json.contains("attrs"));
}

TEST(Event, EveryKindHasANameThatLeadsBackToIt) {
  for (int i = 0; i <= static_cast<int>(EventKind::log); ++i) {
    const auto kind = static_cast<EventKind>(i);
    EXPECT_EQ(event_kind_from(to_string(kind)), kind) << to_string(kind);
  }
  EXPECT_EQ(event_kind_from("job.exploded"), std::nullopt);
}

TEST(Event, IsNotReadFromWhatIsNone) {
  tests::EventScript script(7);
  Json newer = to_json(script.next(EventKind::log));
  newer["v"] = 2;
  EXPECT_FALSE(event_from_json(newer)) << "of a newer version";
  Json untimed = to_json(script.next(EventKind::log));
  untimed["ts"] = "yesterday";
  EXPECT_FALSE(event_from_json(untimed));
  EXPECT_FALSE(event_from_json(Json()));
  EXPECT_FALSE(event_from_json(Json::array()));
  EXPECT_FALSE(event_from_json(Json{{"event", 5}}));
}

} // namespace
} // namespace nightshift
