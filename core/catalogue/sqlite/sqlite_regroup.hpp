// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/catalogue/sqlite/writer.hpp"

#include <nightshift/catalogue.hpp>

#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <vector>

namespace nightshift::sqlite {

class SqliteRegroup final : public Regroup {
 public:
  SqliteRegroup(Writer& writer, std::int64_t deployment_id, const GroupingRule& rule);

  [[nodiscard]] std::vector<TimeSpan> dirty() override;
  [[nodiscard]] std::vector<Fragment> fragments(const TimeSpan& window) override;
  [[nodiscard]] std::vector<Session> sessions(const TimeSpan& window) override;
  void times(const TimeSpan& window,
             FunctionRef<void(WallTime time, std::int64_t captures)> sink) override;
  void replace(std::span<const Session> before, std::span<const Session> after) override;
  [[nodiscard]] FolderTotals folder_totals() override;
  [[nodiscard]] SessionTotals session_totals() override;
  void commit(const CachedFields& fields) override;

 private:
  [[nodiscard]] bool is_last_rule();
  void split_again();
  [[nodiscard]] std::vector<TimeSpan> all_times();
  [[nodiscard]] std::int64_t cost_of_times(std::int64_t start, std::int64_t end);
  [[nodiscard]] bool are_times_kept(WallTime from);
  void give_turn_back() noexcept;

  std::unique_lock<std::mutex> turn_; // before all that uses the connection, to be given back last
  Database& database_;
  FolderTable& folders_;
  Transaction transaction_;
  std::int64_t deployment_id_;
  GroupingRule rule_;
  bool regroup_all_;
  std::int64_t longest_fragment_ = 0; // seconds
  std::optional<std::int64_t> captures_;
  std::int64_t times_read_ = 0; // captures that `times` had to look at
  std::optional<WallTime> times_kept_from_;
  Statement fragments_;
  Statement sessions_;
  Statement times_;
  Statement times_in_order_;
  Statement times_cost_;
  Statement remove_session_;
  Statement put_session_;
};

} // namespace nightshift::sqlite
