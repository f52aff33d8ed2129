// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/record/report.hpp"

#include <string>
#include <string_view>

namespace nightshift::tests {

// The text of a run's report.
[[nodiscard]] inline std::string page_of(const RunReport& report) {
  std::string page;
  write_report(report, [&page](std::string_view piece) { page += piece; });
  return page;
}

[[nodiscard]] inline Json document_of(const RunReport& report) {
  return Json::parse(page_of(report));
}

} // namespace nightshift::tests
