// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "core/base/time.hpp"
#include "core/record/state_dir.hpp"
#include "core/serve/access.hpp"
#include "core/serve/catalogue_api.hpp"
#include "core/serve/figures.hpp"
#include "core/serve/follow.hpp"
#include "core/serve/http_server.hpp"
#include "core/serve/idempotency.hpp"
#include "core/serve/job_files.hpp"
#include "core/serve/job_index.hpp"
#include "core/serve/job_starter.hpp"
#include "core/serve/jobs_api.hpp"
#include "core/serve/record_cache.hpp"
#include "core/serve/router.hpp"
#include "core/serve/serve.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <vector>

namespace nightshift::serve {

// Answers requests: who asks, what for, and what there is to say. Safe to use from several threads.
class Application {
 public:
  // `tell` gets a line for each request that changes something, and for each defect; at once, one
  // for each problem of the job files. Throws `JobError` for a token file with mistakes, or a
  // catalogue that is none.
  Application(const ServeSettings& settings, std::function<void(const std::string&)> tell);
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;
  ~Application() = default;

  // Whose figures to tell; it must outlive all answers.
  void watch(const HttpServer& server) { server_ = &server; }

  // Never throws.
  [[nodiscard]] Response answer(Request request);

  [[nodiscard]] Response refuse(int status, const std::string& why) const;

 private:
  [[nodiscard]] Response routed(Request& request, std::string_view& name);
  [[nodiscard]] std::vector<Route> own_routes();
  [[nodiscard]] std::vector<Route> all_routes();
  [[nodiscard]] Response status(const Call& call);
  [[nodiscard]] Response metrics();
  void tell_of(const Request& request, const Response& response) const;

  const std::function<void(const std::string&)> tell_;
  const TimePoint started_ = system_now();
  const StateDir state_dir_;
  const CatalogueAt catalogue_;
  const Access access_;
  JobIndex index_;
  RecordCache records_;
  FollowerHub followers_;
  JobFiles files_;
  JobStarter starter_;
  IdempotencyKeys keys_;
  ActivityCache activities_;
  const Sources sources_;
  RequestFigures requests_;
  std::atomic<const HttpServer*> server_ = nullptr;
  const Router router_; // last: its routes borrow the others
};

} // namespace nightshift::serve
