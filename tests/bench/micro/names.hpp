// SPDX-License-Identifier: Apache-2.0

#pragma once

#include <nightshift/capture.hpp>

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace nightshift::bench {

// Names as cameras, traps and people give them, six shapes in turn.
[[nodiscard]] inline std::vector<std::string> mixed_names(std::size_t count) {
  std::vector<std::string> names;
  names.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto minute = i / 60 % 60;
    const auto second = i % 60;
    switch (i % 6) {
    case 0:
      names.push_back(
          fmt::format("20240601{:02}{:02}{:02}-{:05}-snapshot.jpg", i % 24, minute, second, i));
      break;
    case 1:
      names.push_back(fmt::format("20240601-{:02}{:02}{:02}.jpg", i % 24, minute, second));
      break;
    case 2:
      names.push_back(fmt::format("trap_2024-06-01_{:02}-{:02}-{:02}.JPG", i % 24, minute, second));
      break;
    case 3:
      names.push_back(fmt::format("cam3_20240601_{:02}{:02}{:02}_001.png", i % 24, minute, second));
      break;
    case 4:
      names.push_back(fmt::format("2024-06-01 {:02}:{:02}:{:02}.jpg", i % 24, minute, second));
      break;
    default:
      names.push_back(fmt::format("IMG_{:05}.jpg", i));
    }
  }
  return names;
}

// A folder of captures, one a second, as a listing recognises them: of a disk, or with etags as of
// an object store.
[[nodiscard]] inline CapturePart folder_of_captures(const std::string& folder, std::size_t count,
                                                    bool has_etags = false) {
  constexpr std::int64_t k_evening = 1'717'277'400; // 2024-06-01T21:30:00
  CapturePart captures;
  captures.part.folder = folder;
  for (std::size_t i = 0; i < count; ++i) {
    const auto second = static_cast<std::int64_t>(i);
    captures.part.add(fmt::format("20240601213000-{:07}-snapshot.jpg", i), 300'000 + second,
                      (k_evening + second) * 1'000'000'000,
                      has_etags ? fmt::format("{:032x}", i) : std::string());
    captures.times.push_back({k_evening + second, TimeSource::digits_14});
  }
  captures.fingerprint = fingerprint_of(captures.part);
  return captures;
}

} // namespace nightshift::bench
