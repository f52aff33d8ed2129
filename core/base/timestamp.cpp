// SPDX-License-Identifier: Apache-2.0

#include "core/base/timestamp.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <limits>

namespace nightshift {

namespace {

constexpr std::int64_t k_per_second = 1'000'000'000;

constexpr bool is_decimal_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}

// Takes text apart from its front; once something is not as it should be, `good` is false and what
// is taken means nothing.
class Scanner {
 public:
  explicit Scanner(std::string_view text) noexcept : rest_(text) {}

  // A number of just so many digits.
  int number(std::size_t digits, int most = std::numeric_limits<int>::max()) noexcept {
    if (rest_.size() < digits ||
        !std::all_of(rest_.begin(), rest_.begin() + digits, is_decimal_digit)) {
      good_ = false;
      return 0;
    }
    int value = 0;
    for (const char c : rest_.substr(0, digits)) {
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    good_ = good_ && value <= most;
    return value;
  }

  // Whether one of `any` comes next, which is taken then.
  bool skip(std::string_view any) noexcept {
    const bool there = !rest_.empty() && any.find(rest_.front()) != std::string_view::npos;
    rest_.remove_prefix(there ? 1 : 0);
    return there;
  }

  void expect(std::string_view any) noexcept { good_ = skip(any) && good_; }

  // The digits of a fraction of a second, at least one.
  std::int64_t fraction() noexcept {
    good_ = good_ && !rest_.empty() && is_decimal_digit(rest_.front());
    std::int64_t value = 0;
    std::int64_t unit = k_per_second / 10;
    for (; !rest_.empty() && is_decimal_digit(rest_.front()); rest_.remove_prefix(1)) {
      value += unit * (rest_.front() - '0');
      unit /= 10;
    }
    return value;
  }

  // Whether all was as it should be, and nothing is left.
  [[nodiscard]] bool done() const noexcept { return good_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool good_ = true;
};

std::int64_t in_nanoseconds(std::int64_t seconds, std::int64_t fraction) noexcept {
  constexpr std::int64_t k_last_second =
      std::numeric_limits<std::int64_t>::max() / k_per_second - 1;
  if (seconds > k_last_second) {
    return std::numeric_limits<std::int64_t>::max();
  }
  if (seconds < -k_last_second) {
    return std::numeric_limits<std::int64_t>::min();
  }
  return seconds * k_per_second + fraction;
}

// Seconds east of Greenwich.
int take_offset(Scanner& scanner) noexcept {
  if (scanner.skip("Zz")) {
    return 0;
  }
  const bool west = scanner.skip("-");
  if (!west) {
    scanner.expect("+");
  }
  const int hours = scanner.number(2, 23);
  static_cast<void>(scanner.skip(":"));
  const int seconds = hours * 3600 + scanner.number(2, 59) * 60;
  return west ? -seconds : seconds;
}

} // namespace

std::optional<std::int64_t> parse_rfc3339(std::string_view text) noexcept {
  Scanner scanner(text);
  const int year = scanner.number(4);
  scanner.expect("-");
  const int month = scanner.number(2);
  scanner.expect("-");
  const int day = scanner.number(2);
  scanner.expect("Tt ");
  int seconds = scanner.number(2, 23) * 3600;
  scanner.expect(":");
  seconds += scanner.number(2, 59) * 60;
  scanner.expect(":");
  seconds += scanner.number(2, 60); // 60: a leap second
  const std::int64_t fraction = scanner.skip(".") ? scanner.fraction() : 0;
  seconds -= take_offset(scanner);
  const auto date = std::chrono::year(year) / month / day;
  if (!scanner.done() || !date.ok()) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return in_nanoseconds(days * 86'400 + seconds, fraction);
}

std::optional<std::int64_t> parse_epoch_seconds(std::string_view text) noexcept {
  constexpr std::size_t k_most_digits = 10; // to the year 2286
  const bool negative = text.starts_with('-');
  text.remove_prefix(negative ? 1 : 0);
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > k_most_digits) {
    return std::nullopt;
  }
  std::int64_t seconds = 0;
  for (const char c : text.substr(0, digits)) {
    seconds = seconds * 10 + (c - '0');
  }
  Scanner scanner(text.substr(digits));
  const std::int64_t fraction = scanner.skip(".") ? scanner.fraction() : 0;
  if (!scanner.done()) {
    return std::nullopt;
  }
  return negative ? in_nanoseconds(-seconds, -fraction) : in_nanoseconds(seconds, fraction);
}

} // namespace nightshift
