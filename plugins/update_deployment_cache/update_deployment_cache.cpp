// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/update_deployment_cache.hpp"

#include "plugins/update_deployment_cache/regroup_sessions.hpp"

#include <nightshift/error.hpp>
#include <nightshift/grouping.hpp>

namespace nightshift::update_deployment_cache {

namespace {

JobTypeInfo make_info() {
  JobTypeInfo info;
  info.key = UpdateDeploymentCache::k_key;
  info.name = "Update deployment cache";
  info.help = "Groups a deployment's captures into sessions and recalculates its cached fields.";
  info.stages = {"update_deployment_cache"};
  info.parameters = grouping_parameters();
  info.needs_deployment = true;
  info.can_be_tried = true;
  return info;
}

} // namespace

CachedFields cached_fields(const FolderTotals& totals, const Regroup::SessionTotals& sessions) {
  CachedFields fields;
  fields.captures_count = totals.captures;
  fields.events_count = sessions.sessions;
  fields.first_capture_timestamp = totals.first;
  fields.last_capture_timestamp = totals.last;
  fields.data_source_total_files = totals.captures;
  if (totals.captures > 0) {
    fields.data_source_total_size = totals.bytes;
  }
  fields.missing_count = totals.missing;
  fields.undated_count = totals.undated;
  fields.duplicate_timestamps = sessions.duplicate_times;
  return fields;
}

UpdateDeploymentCache::UpdateDeploymentCache() : info_(make_info()) {}

void UpdateDeploymentCache::run(JobContext& context) const {
  if (!context.job.deployment || context.catalogue == nullptr) {
    throw permanent_error(error_code::k_config,
                          "an update_deployment_cache needs a deployment and a catalogue: name a "
                          "deployment in the job's definition");
  }
  context.log.info("Saving and recalculating sessions for deployment");
  const GroupingRule rule = grouping_rule(context.parameters);
  const auto regroup = context.catalogue->open_regroup(context.job.deployment->id, rule);
  const RegroupCounts counts =
      regroup_sessions(*regroup, rule, [&context](std::size_t window, std::size_t windows) {
        context.throw_if_stopped();
        context.progress.set_total(static_cast<std::int64_t>(windows));
        context.progress.set_done(static_cast<std::int64_t>(window));
      });
  context.throw_if_stopped();
  regroup->commit(cached_fields(regroup->folder_totals(), regroup->session_totals()));
  context.progress.set_done(context.progress.total());
  context.progress.add(Counter::sessions_regrouped, counts.sessions);
  context.progress.add(Counter::captures_regrouped, counts.captures);
}

} // namespace nightshift::update_deployment_cache
