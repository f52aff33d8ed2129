// SPDX-License-Identifier: Apache-2.0

#include "hello.hpp"

#include <nightshift/plugin.hpp>

NIGHTSHIFT_PLUGIN(hello::Hello)
