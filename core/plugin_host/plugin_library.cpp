// SPDX-License-Identifier: Apache-2.0

#include "core/plugin_host/plugin_library.hpp"

#include "core/plugin_host/plugin_error.hpp"

// With the standard library's file system, Boost.DLL is headers only.
#define BOOST_DLL_USE_STD_FS
#include <boost/dll/shared_library.hpp>
#include <fmt/format.h>

#include <dlfcn.h>

#include <exception>
#include <string>
#include <system_error>
#include <utility>

namespace nightshift {

namespace {

namespace dll = boost::dll;

// All symbols are resolved now, so that a missing one shows here and not in the middle of a night;
// they are the plugin's own; and nothing is ever unmapped.
constexpr auto k_load_mode = dll::load_mode::rtld_now | dll::load_mode::rtld_local |
                             static_cast<dll::load_mode::type>(RTLD_NODELETE);

// Boost.DLL 1.74 calls every failure to load "Bad file descriptor" and puts the loader's own words
// in between.
std::string loader_words(std::string text) {
  constexpr std::string_view k_before = "dlerror system message: ";
  if (const auto at = text.find(k_before); at != std::string::npos) {
    text.erase(0, at + k_before.size());
    text.erase(std::min(text.size(), text.rfind("):")));
  }
  return text;
}

class Collector final : public JobTypeRegistry {
 public:
  void add(std::unique_ptr<JobType> job_type) override {
    job_types_.push_back(std::move(job_type));
  }

  [[nodiscard]] std::vector<std::unique_ptr<JobType>> take() { return std::move(job_types_); }

 private:
  std::vector<std::unique_ptr<JobType>> job_types_;
};

} // namespace

const PluginDescriptor& load_plugin_library(const std::filesystem::path& path) {
  try {
    const dll::shared_library library(path, k_load_mode);
    if (!library.has(k_descriptor_symbol)) {
      throw PluginError(path, fmt::format("it has no symbol {}; build it with "
                                          "nightshift_add_plugin()",
                                          k_descriptor_symbol));
    }
    return library.get<const PluginDescriptor>(k_descriptor_symbol);
  } catch (const std::system_error& error) {
    throw PluginError(path, fmt::format("the loader says: {}; install what is missing or rebuild "
                                        "the plugin",
                                        loader_words(error.what())));
  }
}

std::vector<std::unique_ptr<JobType>> register_job_types(const std::filesystem::path& path,
                                                         const PluginDescriptor& descriptor) {
  std::string why = "something that is no exception was thrown";
  Collector collector;
  try {
    descriptor.register_job_types(collector);
    return collector.take();
  } catch (const std::exception& error) {
    why = error.what();
  } catch (...) { // the plugin may throw anything
  }
  throw PluginError(path, fmt::format("it failed while it registered its job types: {}; tell its "
                                      "author",
                                      why));
}

} // namespace nightshift
