// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/reader_pool.hpp"

#include <chrono>
#include <utility>

namespace nightshift::sqlite {

namespace {

constexpr int k_most = 3;

std::unique_ptr<Reader> open_reader(const std::filesystem::path& file, const std::string& name) {
  Database database(file.native(), Database::Access::read, name, std::chrono::seconds{30});
  database.run("PRAGMA cache_size = -256; PRAGMA temp_store = FILE;");
  FolderLookup folders(database);
  return std::make_unique<Reader>(Reader{std::move(database), std::move(folders)});
}

} // namespace

ReaderPool::ReaderPool(std::filesystem::path file, std::string name)
    : file_(std::move(file)),
      name_(std::move(name)) {}

void ReaderPool::GiveBack::operator()(Reader* reader) const noexcept {
  std::unique_ptr<Reader> owned(reader);
  {
    const std::scoped_lock lock(pool->mutex_);
    pool->idle_.push_back(std::move(owned));
    --pool->lent_;
  }
  pool->returned_.notify_one();
}

ReaderPool::Lease ReaderPool::borrow() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return lent_ < k_most; });
  if (idle_.empty()) {
    idle_.push_back(open_reader(file_, name_));
  }
  std::unique_ptr<Reader> reader = std::move(idle_.back());
  idle_.pop_back();
  ++lent_;
  return {reader.release(), GiveBack{this}};
}

} // namespace nightshift::sqlite
