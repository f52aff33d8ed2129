// SPDX-License-Identifier: Apache-2.0

#include "core/runner/doctor_source.hpp"

#include "core/base/text.hpp"
#include "core/runner/file_secrets.hpp"
#include "core/runner/first_object.hpp"
#include "core/storage/open_storage.hpp"
#include "core/storage/source_uri.hpp"

#include <nightshift/error.hpp>
#include <nightshift/key.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <stop_token>
#include <utility>

namespace nightshift {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

// What is looked at besides the steps of `examine_storage`.
constexpr const char* k_prefix = "prefix";
constexpr const char* k_objects = "objects";

constexpr const char* k_no_objects = "no_objects";
constexpr const char* k_no_matching_objects = "no_matching_objects";

double seconds(std::chrono::nanoseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string objects(std::int64_t count) {
  return fmt::format("{} object{}", grouped(count), count == 1 ? "" : "s");
}

StorageSettings settings_of(const SourceQuestion& question, const std::optional<JobFile>& file) {
  if (!file) {
    return {question.source};
  }
  std::string known;
  for (const SourceDefinition& source : file->sources) {
    if (source.name == question.source) {
      return {source.uri, source.options};
    }
    known += fmt::format("{}{}", known.empty() ? "" : ", ", source.name);
  }
  throw permanent_error(error_code::k_not_found,
                        fmt::format("the job file has no source \"{}\"; it has: {}",
                                    one_line(question.source), known.empty() ? "none" : known));
}

class SourceTest {
 public:
  SourceTest(const SourceQuestion& question, StorageSettings settings)
      : question_(question),
        settings_(std::move(settings)) {}

  SourceAnswer run() {
    look_at_storage();
    if (!error_) {
      try {
        look_for_objects();
      } catch (const JobError& error) {
        fail(error.code() == error_code::k_not_found ? k_prefix : k_objects, error);
      }
    }
    return {std::move(findings_), connection()};
  }

 private:
  void look_at_storage() {
    const StorageExamination examination = examine_storage(settings_, std::stop_token());
    for (const StorageExamination::Step& step : examination.done) {
      add(step.what, step.text);
    }
    latency_ = examination.latency;
    if (examination.error) {
      fail(examination.failed, *examination.error);
    }
  }

  void look_for_objects() {
    const auto storage = open_storage(settings_);
    const std::string below = join_prefix("", question_.subdir);
    uri_ = source_uri(storage->describe(), below, question_.regex);
    connected_ = true;
    const SteadyTime began = std::chrono::steady_clock::now();
    first_ = find_first_object(*storage, question_.subdir, question_.regex);
    tell_of_prefix(below.empty() ? storage->describe()
                                 : source_uri(storage->describe(), below, ""));
    if (!error_) {
      tell_of_objects(std::chrono::steady_clock::now() - began);
    }
  }

  void tell_of_prefix(const std::string& uri) {
    if (first_.looked_at > 0) {
      add(k_prefix, fmt::format("there are objects below {}", printable_key(uri)));
      return;
    }
    fail(k_prefix,
         permanent_error(k_no_objects,
                         fmt::format("there is no object below {}; check the source's URI "
                                     "and the subdir",
                                     printable_key(uri))));
  }

  void tell_of_objects(std::chrono::nanoseconds time) {
    if (first_.key) {
      add(k_objects,
          fmt::format("{} is the first, found in {:.1f} ms after a look at {}",
                      printable_key(*first_.key), 1000 * seconds(time), objects(first_.looked_at)));
      return;
    }
    const bool is_all = first_.looked_at < FirstObject::k_most_looked_at;
    fail(k_objects,
         permanent_error(k_no_matching_objects,
                         fmt::format("none of {}{} has a key that the regex matches; "
                                     "check the regex",
                                     is_all ? "" : "the first ", objects(first_.looked_at))));
  }

  void add(const std::string& what, const std::string& text) {
    findings_.push_back({what, true, text});
  }

  void fail(const std::string& what, const JobError& error) {
    findings_.push_back({what, false, error.what()});
    error_ = error;
  }

  [[nodiscard]] Json connection() const {
    Json json;
    json["connection_successful"] = connected_;
    json["prefix_exists"] = first_.key.has_value();
    json["latency"] = latency_ ? Json(seconds(*latency_)) : Json();
    json["total_time"] = seconds(std::chrono::steady_clock::now() - began_);
    json["error_code"] = error_ ? Json(error_->code()) : Json();
    json["error_message"] = error_ ? Json(error_->what()) : Json();
    json["files_checked"] = first_.looked_at;
    json["first_file_found"] = first_.key ? Json(printable_key(*first_.key)) : Json();
    json["full_uri"] = text_or_null(printable_key(uri_));
    return json;
  }

  const SourceQuestion& question_;
  StorageSettings settings_;
  const SteadyTime began_ = std::chrono::steady_clock::now();
  std::vector<Finding> findings_;
  std::optional<std::chrono::nanoseconds> latency_;
  std::string uri_; // "" until it is known
  bool connected_ = false;
  FirstObject first_;
  std::optional<JobError> error_;
};

} // namespace

SourceAnswer test_source(const SourceQuestion& question, const std::optional<JobFile>& file) {
  SourceAnswer answer = SourceTest(question, settings_of(question, file)).run();
  const std::vector<PutIn> secrets = file ? secrets_of(*file) : std::vector<PutIn>();
  for (Finding& finding : answer.findings) {
    finding.text = without_secrets(std::move(finding.text), secrets);
  }
  for (Json& value : answer.connection) {
    if (value.is_string()) {
      value = without_secrets(value.get<std::string>(), secrets);
    }
  }
  return answer;
}

Json to_document(const SourceAnswer& answer) {
  Json document = to_document(answer.findings);
  document["connection"] = answer.connection;
  return document;
}

} // namespace nightshift
