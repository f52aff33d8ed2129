// SPDX-License-Identifier: Apache-2.0

#include "core/serve/page_files.hpp"

#include "nightshift_serve_embedded.hpp"

#include "core/serve/api_error.hpp"
#include "core/serve/paging.hpp"

#include <array>

namespace nightshift::serve {
namespace {

struct PageFile {
  std::string_view path;
  std::string_view name; // operationId
  std::string_view type;
  std::string_view text;
};

const std::array<PageFile, 9>& page_files() {
  constexpr std::string_view k_script = "text/javascript; charset=utf-8";
  static const std::array<PageFile, 9> k_files{
      {{"/", "page", "text/html; charset=utf-8", embedded::k_index},
       {"/page/style.css", "pageStyle", "text/css; charset=utf-8", embedded::k_style},
       {"/page/icon.svg", "pageIcon", "image/svg+xml", embedded::k_icon},
       {"/page/main.js", "pageMain", k_script, embedded::k_main},
       {"/page/api.js", "pageApi", k_script, embedded::k_api},
       {"/page/dom.js", "pageDom", k_script, embedded::k_dom},
       {"/page/jobs.js", "pageJobs", k_script, embedded::k_jobs},
       {"/page/job.js", "pageJob", k_script, embedded::k_job},
       {"/page/deployments.js", "pageDeployments", k_script, embedded::k_deployments}}};
  return k_files;
}

} // namespace

std::vector<Route> page_routes() {
  std::vector<Route> routes;
  for (const PageFile& file : page_files()) {
    const SharedText text = shared(std::string(file.text));
    routes.push_back(looking_route(file.path, file.name, "A file of the page",
                                   [text, type = file.type](const Call& call) {
                                     Response response;
                                     response.type = type;
                                     response.body = text;
                                     return tagged_by_content(call.request, std::move(response));
                                   })
                         .for_all()
                         .answering({200, 304})
                         .of_type(file.type));
  }
  return routes;
}

std::string_view style_sheet() {
  return embedded::k_style;
}

} // namespace nightshift::serve
