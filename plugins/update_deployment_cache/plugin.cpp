// SPDX-License-Identifier: Apache-2.0

#include "plugins/update_deployment_cache/update_deployment_cache.hpp"

#include <nightshift/plugin.hpp>

NIGHTSHIFT_PLUGIN(nightshift::update_deployment_cache::UpdateDeploymentCache)
