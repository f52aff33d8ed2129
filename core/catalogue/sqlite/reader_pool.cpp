// SPDX-License-Identifier: Apache-2.0

#include "core/catalogue/sqlite/reader_pool.hpp"

#include <chrono>
#include <utility>

namespace nightshift::sqlite {

namespace {

std::unique_ptr<Reader> open_reader(const std::filesystem::path& file, const std::string& name) {
  Database database(file.native(), Database::Access::read, name, std::chrono::seconds{30});
  database.run("PRAGMA cache_size = -512; PRAGMA temp_store = FILE;");
  FolderLookup folders(database);
  return std::make_unique<Reader>(Reader{std::move(database), std::move(folders)});
}

} // namespace

ReaderPool::ReaderPool(std::filesystem::path file, std::string name)
    : file_(std::move(file)),
      name_(std::move(name)) {}

void ReaderPool::GiveBack::operator()(Reader* reader) const noexcept {
  std::unique_ptr<Reader> owned(reader);
  const std::scoped_lock lock(pool->mutex_);
  pool->idle_.push_back(std::move(owned));
}

ReaderPool::Lease ReaderPool::borrow() {
  std::unique_ptr<Reader> reader;
  {
    const std::scoped_lock lock(mutex_);
    if (!idle_.empty()) {
      reader = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!reader) {
    reader = open_reader(file_, name_);
  }
  return {reader.release(), GiveBack{this}};
}

} // namespace nightshift::sqlite
