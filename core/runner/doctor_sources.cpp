// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_sources.hpp"

#include "core/base/text.hpp"
#include "core/runner/first_object.hpp"
#include "core/storage/open_storage.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

namespace nightshift {
namespace {

// What is told of a source, deployment by deployment.
class SourceExamination {
 public:
  SourceExamination(const SourceDefinition& source, Storage& storage)
      : source_(source),
        storage_(storage) {}

  void look_at(const Deployment& deployment) {
    const auto began = std::chrono::steady_clock::now();
    ++deployments_;
    try {
      if (const auto key = find_first_object(storage_, deployment.subdir, deployment.regex).key) {
        slowest_ = std::max(slowest_, std::chrono::steady_clock::now() - began);
        first_ = first_.value_or(*key);
      } else {
        ++empty_;
      }
    } catch (const JobError& error) {
      ++wrong_;
      problem_ = problem_.value_or(fmt::format("deployment {}: {}", deployment.id, error.what()));
    }
  }

  [[nodiscard]] Finding finding() const {
    const std::string name = "source " + source_.name;
    if (problem_) {
      const std::string others =
          wrong_ > 1 ? fmt::format(" (and {} more deployments)", wrong_ - 1) : std::string();
      return {name, false, fmt::format("{}{}", *problem_, others)};
    }
    std::string text = fmt::format("{}: {} deployment{}", storage_.describe(), deployments_,
                                   deployments_ == 1 ? "" : "s");
    if (first_) {
      const auto latency = std::chrono::duration<double, std::milli>(slowest_);
      text += fmt::format(", such as {}, listed within {:.1f} ms", printable_key(*first_),
                          latency.count());
    }
    if (empty_ > 0) {
      text += fmt::format(", {} without any object among the first {}", empty_,
                          grouped(FirstObject::k_most_looked_at));
    }
    return {name, true, text};
  }

 private:
  const SourceDefinition& source_;
  Storage& storage_;
  int deployments_ = 0;
  int empty_ = 0;
  int wrong_ = 0;
  std::chrono::steady_clock::duration slowest_{0};
  std::optional<std::string> first_;
  std::optional<std::string> problem_;
};

Finding examine_source(const SourceDefinition& source, const JobFile& file) {
  try {
    const auto storage = open_storage({source.uri, source.options});
    SourceExamination examination(source, *storage);
    for (const auto& deployment : file.deployments) {
      if (deployment->source == source.name) {
        examination.look_at(*deployment);
      }
    }
    return examination.finding();
  } catch (const JobError& error) {
    return {"source " + source.name, false, error.what()};
  }
}

} // namespace

std::vector<Finding> examine_sources(const JobFile& file) {
  std::vector<Finding> findings;
  for (const SourceDefinition& source : file.sources) {
    const bool used = std::any_of(file.deployments.begin(), file.deployments.end(),
                                  [&](const auto& each) { return each->source == source.name; });
    if (used) {
      findings.push_back(examine_source(source, file));
    }
  }
  return findings;
}

} // namespace nightshift
