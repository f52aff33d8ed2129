// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/undated_reason.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string_view>
#include <vector>

namespace nightshift::data_storage_sync {
namespace {

TEST(UndatedReason, SaysWhatWouldHaveToBeGuessed) {
  const std::map<TimeSource, std::vector<std::string_view>> expected{
      {TimeSource::none,
       {"", "_", "IMG_0001", "moth", "day 1", "WSCT0001", "12345678", "1391461024", "192.168.1.64",
        "photo (1)", "\u591C\u86FE", "\xFF\xFE", "1-2-3-4-5-6-7-8-9", "cam 2023-08-01 02-30"}},
      {TimeSource::date_only, {"2023-08-01", "20230801", "2023.08.01", "2023 1 2", "19991231"}},
      {TimeSource::invalid, {"2023-13-01", "2023.02.29"}},
      {TimeSource::partial,
       {"1", "0001", "2359", "12:30", "02-23", "2023-08", "2023-08-01T02", "2023-08-01T02Z",
        "20230801T02", "1 of 10"}},
      {TimeSource::ambiguous,
       {"010203", "230801-023001", "22-05-10", "1.2.3", "17-01-2019 11-54-55", "01-02-2019",
        "02:30:01 2023-08-01", "23-08-01 02-30-01", "01010101"}},
      {TimeSource::zone,
       {"2023-08-01 02-30", "2023-08-01T02-30", "2023-08-01 02.30", "20230801-02-30-01",
        "2023-08-01T02:30 EST", "2023-08-01 02:30 GMT+3", "2023-08-01 0230 A"}},
      {TimeSource::wording,
       {"May", "sept", "Fri 13", "1 Aug 25", "22Mar2026", "3rd", "2023-08-01 02h30m",
        "2023-08-01 2:30pm", "2023-08-01 2:30:01", "2023_08_01_023001", "\uFF12\uFF10\uFF12\uFF13",
        "2023-08-01 \u0660\u0662"}}};
  for (const auto& [reason, stems] : expected) {
    for (const std::string_view stem : stems) {
      EXPECT_EQ(to_string(undated_reason(stem)), to_string(reason)) << stem;
    }
  }
}

} // namespace
} // namespace nightshift::data_storage_sync
