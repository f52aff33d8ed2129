// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/writer.hpp"

#include <exception>
#include <utility>

namespace nightshift::sqlite {

namespace {

constexpr std::int64_t k_rows_per_transaction = 50'000;

} // namespace

Writer::Writer(Database database)
    : database_(std::move(database)),
      folders_(database_),
      captures_(database_) {}

void Writer::write(Stake& stake, FunctionRef<std::int64_t(Tables tables)> body) {
  const std::scoped_lock lock(mutex_);
  throw_if_lost(stake);
  try {
    if (!pending_) {
      pending_.emplace(database_);
      pending_rows_ = 0;
      ++transaction_;
    }
    stake.transaction_ = transaction_;
    pending_rows_ += body(tables());
  } catch (const JobError& error) {
    give_up(error);
    throw;
  } catch (const std::exception& error) {
    give_up(permanent_error(error_code::k_internal, error.what()));
    throw;
  }
  if (pending_rows_ >= k_rows_per_transaction) {
    commit_pending();
  }
}

void Writer::flush(const Stake& stake) {
  const std::scoped_lock lock(mutex_);
  throw_if_lost(stake);
  commit_pending();
}

void Writer::flush() {
  const std::scoped_lock lock(mutex_);
  commit_pending();
}

std::unique_lock<std::mutex> Writer::take_over() {
  std::unique_lock lock(mutex_);
  commit_pending();
  return lock;
}

void Writer::commit_pending() {
  if (!pending_) {
    return;
  }
  try {
    pending_->commit();
  } catch (const JobError& error) {
    give_up(error);
    throw;
  }
  pending_.reset();
}

void Writer::give_up(const JobError& error) noexcept {
  if (pending_) {
    pending_.reset();
    lost_.emplace(transaction_, error);
  }
}

void Writer::throw_if_lost(const Stake& stake) const {
  if (const auto lost = lost_.find(stake.transaction_); lost != lost_.end()) {
    throw JobError(lost->second);
  }
}

} // namespace nightshift::sqlite
