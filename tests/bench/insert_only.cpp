// SPDX-License-Identifier: Apache-2.0
//
// What SQLite takes for the rows of captures, whoever finds them: puts them into a new catalogue's
// table, 5,000 to a folder and ten folders to a transaction, and does nothing else. Prints how many
// there are and the seconds of CPU that it took, without making them up.
//
//   bench_insert_only FILE CAPTURES

#include "core/base/process_use.hpp"
#include "core/catalogue/sqlite/capture_table.hpp"
#include "core/catalogue/sqlite/sqlite_catalogue.hpp"
#include "tests/bench/micro/names.hpp"

#include <nightshift/capture.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>

namespace {

using nightshift::CapturePart;
using nightshift::sqlite::CaptureTable;
using nightshift::sqlite::Database;
using nightshift::sqlite::Transaction;

constexpr std::int64_t k_in_folder = 5000;
constexpr std::int64_t k_in_transaction = 10 * k_in_folder;

double cpu_seconds() {
  const nightshift::ProcessUse use = nightshift::own_use();
  return use.user_seconds + use.system_seconds;
}

// The seconds of CPU.
double insert_all(Database& database, std::int64_t count) {
  CaptureTable table(database);
  double taken = 0;
  for (std::int64_t begun = 0; begun < count; begun += k_in_transaction) {
    Transaction transaction(database);
    const std::int64_t until = std::min(begun + k_in_transaction, count);
    for (std::int64_t first = begun; first < until; first += k_in_folder) {
      const CapturePart captures = nightshift::bench::folder_of_captures(
          "", static_cast<std::size_t>(std::min(k_in_folder, until - first)), true);
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
