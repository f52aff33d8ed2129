// SPDX-License-Identifier: Apache-2.0
//
// What SQLite takes for the rows of captures, whoever finds them: puts them into a new catalogue's
// table, 5,000 to a folder and ten folders to a transaction, and does nothing else. Prints how many
// there are and the seconds of CPU that it took, without making them up.
//
//   bench_insert_only FILE CAPTURES

#include "core/catalogue/sqlite/capture_table.hpp"
#include "core/catalogue/sqlite/sqlite_catalogue.hpp"

#include <nightshift/capture.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <exception>
#include <string>

namespace {

using nightshift::CapturePart;
using nightshift::TimeSource;
using nightshift::sqlite::CaptureTable;
using nightshift::sqlite::Database;
using nightshift::sqlite::Transaction;

constexpr std::int64_t k_in_folder = 5000;
constexpr std::int64_t k_in_transaction = 10 * k_in_folder;

double cpu_seconds() {
  timespec now{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

CapturePart captures_between(std::int64_t first, std::int64_t end) {
  constexpr std::int64_t k_evening = 1'717'531'212; // 2024-06-04T20:00:12
  CapturePart captures;
  for (std::int64_t number = first; number < end; ++number) {
    const std::int64_t second = k_evening + number * 10;
    captures.part.add(fmt::format("20240604{:08}-snapshot.jpg", number - first), 400'000 + number,
                      second * 1'000'000'000, fmt::format("{:032x}", number));
    captures.times.push_back({second, TimeSource::digits_14});
  }
  return captures;
}

// The seconds of CPU.
double insert_all(Database& database, std::int64_t count) {
  CaptureTable table(database);
  double taken = 0;
  for (std::int64_t begun = 0; begun < count; begun += k_in_transaction) {
    Transaction transaction(database);
    const std::int64_t until = std::min(begun + k_in_transaction, count);
    for (std::int64_t first = begun; first < until; first += k_in_folder) {
      const CapturePart captures = captures_between(first, std::min(first + k_in_folder, until));
      const double before = cpu_seconds();
      table.insert(first / k_in_folder + 1, captures);
      taken += cpu_seconds() - before;
    }
    const double before = cpu_seconds();
    transaction.commit();
    taken += cpu_seconds() - before;
  }
  return taken;
}

} // namespace

int main(int count, char** arguments) {
  try {
    const std::int64_t captures = count == 3 ? std::stoll(arguments[2]) : 0;
    if (captures <= 0) {
      fmt::print(stderr, "usage: bench_insert_only FILE CAPTURES\n");
      return 64;
    }
    Database database = nightshift::sqlite::open_for_writing(arguments[1], {});
    const double taken = insert_all(database, captures);
    fmt::print("{} {:.6f}\n", database.number("SELECT count(*) FROM capture"), taken);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_insert_only: {}\n", error.what());
    return 1;
  }
}
