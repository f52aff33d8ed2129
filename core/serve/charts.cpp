// SPDX-License-Identifier: Apache-2.0

#include "core/serve/charts.hpp"

#include "core/base/text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace nightshift::serve {
namespace {

// Charts of very long deployments are cut to their last nights: a year fits, and more is no
// picture.
constexpr std::int64_t k_most_nights = 400;
constexpr int k_cell = 12;        // an hour's height, and a night's least width
constexpr int k_widest_cell = 28; // where there are few nights
constexpr int k_wide = 1000;      // what a chart fills if it can
constexpr int k_label = 72;       // room for a date
constexpr int k_left = 44;        // for the labels of hours or counts
constexpr int k_top = 18;         // for those of months
constexpr int k_bars = 120;
constexpr int k_shades = 5;

// What a chart of nights has in common with the others.
struct Frame {
  std::chrono::sys_days first;
  std::int64_t nights = 0;

  [[nodiscard]] int cell() const {
    return std::clamp(k_wide / static_cast<int>(nights), k_cell, k_widest_cell);
  }

  [[nodiscard]] int width() const {
    return k_left + std::max(static_cast<int>(nights) * cell(), k_label) + 8;
  }

  [[nodiscard]] int x(std::chrono::sys_days date) const {
    return k_left + static_cast<int>((date - first).count()) * cell();
  }

  [[nodiscard]] bool holds(std::chrono::sys_days date) const { return date >= first; }
};

Frame frame_of(const Activity& activity) {
  const std::int64_t nights = std::min(activity.span(), k_most_nights);
  return {activity.nights.back().date - std::chrono::days(nights - 1), nights};
}

std::string begin_svg(const Frame& frame, int height, std::string_view name,
                      std::string_view label) {
  return fmt::format("<svg class=\"chart {}\" role=\"img\" width=\"{}\" height=\"{}\" "
                     "viewBox=\"0 0 {} {}\" xmlns=\"http://www.w3.org/2000/svg\" "
                     "aria-label=\"{}\">",
                     name, frame.width(), height, frame.width(), height, html(label));
}

std::string text_at(int x, int y, std::string_view anchor, std::string_view text) {
  return fmt::format(R"(<text x="{}" y="{}" text-anchor="{}">{}</text>)", x, y, anchor, html(text));
}

// The month over its first night, or over the chart's if there is room for it.
std::string month_labels(const Frame& frame) {
  constexpr int k_room = 48;
  std::string svg;
  int free_from = 0;
  for (std::int64_t i = 0; i < frame.nights; ++i) {
    const auto date = frame.first + std::chrono::days(i);
    const std::chrono::year_month_day day(date);
    const bool begins = day.day() == std::chrono::day(1);
    if ((i == 0 || begins) && frame.x(date) >= free_from) {
      svg += text_at(frame.x(date), k_top - 6, "start", date_text(date).substr(0, i == 0 ? 10 : 7));
      free_from = frame.x(date) + (i == 0 ? k_room * 3 / 2 : k_room);
    }
  }
  return svg;
}

// By the logarithm, so that a quiet hour is seen beside a busy one.
int shade_of(std::int64_t captures, std::int64_t most) {
  if (captures <= 0) {
    return 0;
  }
  const double share = std::log1p(static_cast<double>(captures)) /
                       std::log1p(static_cast<double>(std::max<std::int64_t>(most, 1)));
  return std::clamp(static_cast<int>(std::ceil(share * k_shades)), 1, k_shades);
}

std::string cell(const Frame& frame, const Activity::Night& night, std::size_t row,
                 std::int64_t most) {
  const std::int64_t captures = night.hours[row];
  const std::size_t hour = (row + 12) % 24;
  const std::string date = date_text(night.date);
  return fmt::format("<rect class=\"s{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
                     "data-night=\"{}\" data-hour=\"{}\" data-captures=\"{}\">"
                     "<title>Night of {}, {:02}:00: {} captures</title></rect>",
                     shade_of(captures, most), frame.x(night.date),
                     k_top + static_cast<int>(row) * k_cell, frame.cell() - 1, k_cell - 1, date,
                     hour, captures, date, hour, grouped(captures));
}

std::string gap_marks(const Activity& activity, const Frame& frame, int y, int height) {
  std::string svg;
  for (const Activity::Gap& gap : activity.gaps()) {
    if (!frame.holds(gap.first)) {
      continue;
    }
    const auto nights = (gap.last - gap.first).count() + 1;
    svg += fmt::format("<rect class=\"gap\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\">"
                       "<title>No captures: {} to {}, {} nights</title></rect>",
                       frame.x(gap.first), y, static_cast<int>(nights) * frame.cell() - 1, height,
                       date_text(gap.first), date_text(gap.last), nights);
  }
  return svg;
}

} // namespace

std::string html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
    case '&':
      escaped += "&amp;";
      break;
    case '<':
      escaped += "&lt;";
      break;
    case '>':
      escaped += "&gt;";
      break;
    case '"':
      escaped += "&quot;";
      break;
    case '\'':
      escaped += "&#39;";
      break;
    default:
      escaped += c;
    }
  }
  return escaped;
}

std::string heat_map_svg(const Activity& activity) {
  if (activity.empty()) {
    return "";
  }
  constexpr std::size_t k_rows = 24;
  const Frame frame = frame_of(activity);
  std::int64_t most = 0;
  for (const Activity::Night& night : activity.nights) {
    most = std::max(most, *std::max_element(night.hours.begin(), night.hours.end()));
  }
  const int height = k_top + static_cast<int>(k_rows) * k_cell;
  std::string svg =
      begin_svg(frame, height + 4, "heat",
                fmt::format("Captures by hour and night, {} nights, at most {} in an hour",
                            frame.nights, grouped(most)));
  svg += month_labels(frame);
  for (std::size_t row = 0; row < k_rows; row += 3) {
    svg += text_at(k_left - 6, k_top + static_cast<int>(row) * k_cell + 10, "end",
                   fmt::format("{:02}:00", (row + 12) % 24));
  }
  svg += gap_marks(activity, frame, k_top, height - k_top - 1);
  for (const Activity::Night& night : activity.nights) {
    for (std::size_t row = 0; row < k_rows && frame.holds(night.date); ++row) {
      svg += cell(frame, night, row, most);
    }
  }
  return svg + "</svg>";
}

std::string nights_svg(const Activity& activity) {
  if (activity.empty()) {
    return "";
  }
  const Frame frame = frame_of(activity);
  std::int64_t most = 1;
  for (const Activity::Night& night : activity.nights) {
    most = std::max(most, frame.holds(night.date) ? night.captures : 0);
  }
  const int bottom = k_top + k_bars;
  std::string svg = begin_svg(frame, bottom + 4, "nights",
                              fmt::format("Captures per night, at most {}", grouped(most)));
  svg += month_labels(frame);
  svg += text_at(k_left - 6, k_top + 10, "end", grouped(most));
  svg += text_at(k_left - 6, bottom, "end", "0");
  svg += fmt::format(R"(<line class="axis" x1="{}" y1="{}" x2="{}" y2="{}"/>)", k_left, bottom + 1,
                     frame.width(), bottom + 1);
  svg += gap_marks(activity, frame, k_top, k_bars);
  for (const Activity::Night& night : activity.nights) {
    if (!frame.holds(night.date)) {
      continue;
    }
    const auto height = std::max<std::int64_t>(1, night.captures * k_bars / most);
    const std::string date = date_text(night.date);
    svg += fmt::format("<rect class=\"bar\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" "
                       "data-night=\"{}\" data-captures=\"{}\">"
                       "<title>Night of {}: {} captures</title></rect>",
                       frame.x(night.date), bottom - static_cast<int>(height), frame.cell() - 1,
                       height, date, night.captures, date, grouped(night.captures));
  }
  return svg + "</svg>";
}

} // namespace nightshift::serve
