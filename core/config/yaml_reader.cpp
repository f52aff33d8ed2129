// SPDX-License-Identifier: Apache-2.0

#include "core/config/yaml_reader.hpp"

#include "core/base/text.hpp"
#include "core/config/yaml_syntax.hpp"
#include "core/config/yaml_tree_builder.hpp"

#include <fmt/format.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <utility>

namespace nightshift {

YamlTree read_yaml(const YamlText& source, Diagnostics& diagnostics) {
  if (exceeds_limits(source.text)) {
    diagnostics.error({source.file, 0, 0},
                      fmt::format("the file holds more than {} values, or is nested deeper than {} "
                                  "levels; put the deployments into a CSV",
                                  grouped(yaml_limit::k_nodes), yaml_limit::k_depth));
    return {};
  }
  YamlTreeBuilder builder(source, diagnostics);
  YamlFailure failure;
  try {
    // With a newline at the end, a quote that is never closed is always found out in one way.
    std::istringstream stream(std::string(source.text) + '\n');
    YAML::Parser parser(stream);
    // A second document, if there is one, stops at its first event.
    while (parser.HandleNextDocument(builder)) {
    }
    if (!builder.last_scalar() || !is_never_closed(source.text, *builder.last_scalar())) {
      return builder.take();
    }
  } catch (const YamlStop&) {
    return builder.take();
  } catch (const YAML::Exception& error) {
    failure.message = error.msg;
    failure.offset = static_cast<std::size_t>(std::max(error.mark.pos, 0));
  }
  failure.scalar = builder.last_scalar();
  Diagnostic explained = explain(failure, source.text, source.file);
  diagnostics.error(explained.position, std::move(explained.message), std::move(explained.hint));
  return {};
}

} // namespace nightshift
