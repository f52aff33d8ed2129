// SPDX-License-Identifier: Apache-2.0

#include "plugins/data_storage_sync/data_storage_sync.hpp"

#include <nightshift/plugin.hpp>

NIGHTSHIFT_PLUGIN(nightshift::data_storage_sync::DataStorageSync)
