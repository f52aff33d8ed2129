// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/database.hpp"
#include "core/catalogue/sqlite/reader_pool.hpp"
#include "core/catalogue/sqlite/writer.hpp"

#include <nightshift/catalogue.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace nightshift::sqlite {

// The connection of a catalogue that writes, which is made or brought to the newest schema.
[[nodiscard]] Database open_for_writing(const std::filesystem::path& file,
                                        std::chrono::milliseconds patience);

class SqliteCatalogue final : public Catalogue {
 public:
  // How long to wait for another process that is writing.
  static constexpr std::chrono::milliseconds k_patience = std::chrono::seconds{30};

  explicit SqliteCatalogue(const std::filesystem::path& file,
                           std::chrono::milliseconds patience = k_patience);

  void put_deployment(const Deployment& deployment) override;
  [[nodiscard]] std::unique_ptr<Merge> open_merge(std::int64_t deployment_id,
                                                  const MergeRules& rules) override;
  [[nodiscard]] std::unique_ptr<Regroup> open_regroup(std::int64_t deployment_id,
                                                      const GroupingRule& rule) override;
  void flush() override;
  void read(const ViewQuery& query, FunctionRef<void(std::span<const std::string> columns)> header,
            FunctionRef<void(ViewRow row)> row) override;
  [[nodiscard]] std::string describe() const override;

 private:
  void throw_unless_known(std::int64_t deployment_id);

  std::string uri_;
  Writer writer_;
  ReaderPool readers_;
};

} // namespace nightshift::sqlite
