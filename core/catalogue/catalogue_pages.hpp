// SPDX-License-Identifier: Apache-2.0
//
// What a page shows of a catalogue: a deployment may have millions of captures, so they come in
// pages that each cost the same, and counted by hours.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nightshift {

// Which captures of a deployment, in the order of their keys.
struct CapturePageQuery {
  // The last capture of the page before: its folder and name, as bytes.
  struct After {
    std::string folder;
    std::string name;
  };

  std::int64_t deployment_id = 0;
  std::optional<After> after;
  std::int64_t limit = 100;
};

struct CaptureRow {
  std::string path;                     // printable
  std::optional<std::string> timestamp; // "2024-06-01T21:30:00", as the camera had it
  std::int64_t size = 0;                // bytes
  std::string last_modified;            // UTC
  std::optional<std::string> missing_since;
};

struct CapturePage {
  std::vector<CaptureRow> rows;
  std::optional<CapturePageQuery::After> next; // there may be more after it
};

// Present captures that were taken within an hour of the camera's clock.
struct HourCount {
  std::int64_t hour = 0; // since 1970-01-01T00 of that clock
  std::int64_t captures = 0;

  friend bool operator==(const HourCount&, const HourCount&) = default;
};

struct ProjectRow {
  std::int64_t id = 0;
  std::string name;
};

} // namespace nightshift
