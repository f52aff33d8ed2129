// SPDX-License-Identifier: Apache-2.0

#include "core/config/sections.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace nightshift {

namespace {

using enum ParameterType;

// How a job is run: keys of `defaults` and of every job.
std::vector<ParameterSpec> limit_keys() {
  return {{.key = "attempts",
           .type = integer,
           .fallback = 1,
           .help = "How often the job is tried before it fails, as long as its errors may go away "
                   "by themselves.",
           .minimum = 1,
           .maximum = 100},
          {.key = "timeout",
           .type = duration,
           .help = "How long one attempt may take; without it there is no limit.",
           .minimum = 1},
          {.key = "stage_timeout",
           .type = duration,
           .help = "How long one stage may take; without it there is no limit.",
           .minimum = 1},
          {.key = "stall_timeout",
           .type = duration,
           .fallback = "15min",
           .help = "How long a stage may stand still, with none of its counters moving, before "
                   "that is told, with where each thread is; 0 is for ever.",
           .minimum = 0},
          {.key = "on_stall",
           .fallback = "report",
           .help = "What else is done about it: nothing, or the job is stopped and fails.",
           .choices = {"report", "cancel"}},
          {.key = "max_failed",
           .type = share,
           .help = "The share of objects that may fail before the job does.",
           .minimum = 0,
           .maximum = 1}};
}

// What an included file may hold as well.
std::vector<ParameterSpec> shared_keys() {
  return {{.key = "include",
           .type = texts,
           .help = "Paths of further files, relative to the file they stand in, whose sources, "
                   "defaults, deployments and jobs are added to its own."},
          {.key = "sources",
           .type = map,
           .help = "Where captures are: a name for each storage, and its settings."},
          {.key = "defaults",
           .type = map,
           .help = "How jobs are run that say nothing else. Where an included file says otherwise, "
                   "the including one wins."},
          {.key = "deployments",
           .type = list,
           .help = "The deployments, or `{csv: PATH}`: a file that lists them, relative to the "
                   "file it stands in."},
          {.key = "jobs", .type = list, .help = "What to do."}};
}

std::vector<ParameterSpec> joined(std::vector<ParameterSpec> keys,
                                  const std::vector<ParameterSpec>& more) {
  keys.insert(keys.end(), more.begin(), more.end());
  return keys;
}

ParameterSpec version_key(bool required) {
  return {.key = "version",
          .type = integer,
          .help = "The version of this format.",
          .required = required,
          .minimum = 1,
          .maximum = 1};
}

} // namespace

Section job_file_section() {
  return {"the job file", "The job file", "",
          joined({version_key(true),
                  {.key = "state_dir",
                   .help = "Where records, the journal and the catalogue are kept, relative to the "
                           "job file. Without it: `NIGHTSHIFT_STATE_DIR`, or "
                           "`$XDG_STATE_HOME/nightshift`. `--state-dir` wins over all.",
                   .minimum = 1},
                  {.key = "catalogue",
                   .fallback = "sqlite:catalogue.db",
                   .help = "The database of deployments, captures and sessions; a relative path is "
                           "relative to the state directory.",
                   .minimum = 1},
                  {.key = "api_base_url",
                   .help = "What the links in a record begin with, such as "
                           "`https://insects.example.org`; without it they are relative."},
                  {.key = "ping",
                   .help = "The URL of a dead-man switch, such as one of healthchecks.io, that is "
                           "told of the start and the end of each run. It is a secret: write "
                           "`${env:NAME}` or `${file:PATH}`."}},
                 shared_keys())};
}

Section included_file_section() {
  return {"an included file", "An included file", "", joined({version_key(false)}, shared_keys())};
}

Section defaults_section() {
  return {"defaults", "`defaults`", "", limit_keys()};
}

Section deployment_section() {
  return {
      "a deployment",
      "An entry of `deployments`",
      "A device at a site for a period, and where its captures are. A deployment that leaves the "
      "file keeps its rows in the catalogue and is no longer synced.",
      {{.key = "id", .type = integer, .help = "Unique.", .required = true, .minimum = 1},
       {.key = "name", .help = "For people.", .required = true, .minimum = 1},
       {.key = "project", .type = map, .help = "The project it belongs to.", .required = true},
       {.key = "source",
        .help = "The name of an entry of `sources`.",
        .required = true,
        .minimum = 1},
       {.key = "subdir", .help = "The folder below the source's root; all of it without."},
       {.key = "regex",
        .type = regex,
        .help = "Only objects whose key holds a match (Python's dialect, but for what cannot be "
                "matched in linear time); all without."},
       {.key = "time_zone",
        .type = time_zone,
        .help = "The zone of the camera's clock: an offset from UTC, or a name of the IANA "
                "database. In quotes: `\"-06:00\"`."},
       {.key = "latitude", .type = number, .help = "Degrees.", .minimum = -90, .maximum = 90},
       {.key = "longitude", .type = number, .help = "Degrees.", .minimum = -180, .maximum = 180}}};
}

Section project_section() {
  return {"a project",
          "`project` of a deployment",
          "",
          {{.key = "id", .type = integer, .help = "Unique.", .required = true, .minimum = 1},
           {.key = "name",
            .help = "For people; the same wherever the id is.",
            .required = true,
            .minimum = 1}}};
}

Section deployments_csv_section() {
  return {"deployments",
          "`deployments: {csv: PATH}`",
          "",
          {{.key = "csv",
            .help = "The path of the CSV, relative to the file it stands in.",
            .required = true,
            .minimum = 1}}};
}

Section job_section() {
  std::vector<ParameterSpec> keys{
      {.key = "name",
       .help = "Unique. `{deployment.id}`, `{deployment.name}`, `{deployment.source}`, "
               "`{project.id}` and `{project.name}` are replaced; a plain brace is written twice.",
       .required = true,
       .minimum = 1},
      {.key = "type",
       .help = "The job type, from a plugin: `nightshift plugins` lists them.",
       .required = true,
       .minimum = 1},
      {.key = "for_each",
       .help = "`deployments`: makes a job for each of them, in their order.",
       .choices = {"deployments"}},
      {.key = "deployment",
       .type = integer,
       .help = "The id of the one deployment that the job is for. Not together with `for_each`.",
       .minimum = 1},
      {.key = "needs",
       .type = texts,
       .help =
           "Names of jobs, as written in the file, that must succeed first. Of jobs made by "
           "`for_each` on both sides, the one for the same deployment. `start` and `retry` heed "
           "it among the jobs they are given."},
      {.key = "delay",
       .type = seconds,
       .fallback = 0,
       .help = "Pretended work before the real one, as a stage of its own: a test aid.",
       .minimum = 0,
       .maximum = 86'400},
      {.key = "limit",
       .type = integer,
       .help = "At most so many captures; what is beyond them is neither added nor missed.",
       .minimum = 1},
      {.key = "shuffle",
       .type = boolean,
       .fallback = true,
       .help = "With a limit: a random sample instead of the first ones."},
      {.key = "params", .type = map, .help = "What the job type takes."}};
  for (ParameterSpec& key : limit_keys()) {
    key.help = "As in `defaults`, for this job alone.";
    key.fallback = {};
    keys.push_back(std::move(key));
  }
  return {"a job", "An entry of `jobs`", "", std::move(keys)};
}

namespace {

// Of every source.
std::vector<ParameterSpec> source_keys() {
  return {{.key = "uri",
           .help = "`file:///srv/captures`, or a path; a relative one is relative to the file it "
                   "stands in. `s3://BUCKET/PREFIX`, or `rclone:REMOTE:BUCKET/PREFIX` for a remote "
                   "in rclone's configuration. `manifest:PATH` for a listing made elsewhere.",
           .required = true,
           .minimum = 1},
          {.key = "max_parallel",
           .type = integer,
           .help = "At most so many jobs use the source at once; without it, as many as run.",
           .minimum = 1,
           .maximum = 1024}};
}

// Of one in an object store, besides: where it is and how it is asked.
std::vector<ParameterSpec> store_keys() {
  return {
      {.key = "endpoint_url",
       .help = "The store's URL: `https://s3.example.org:8443`. Without it: `AWS_ENDPOINT_URL_S3`, "
               "`AWS_ENDPOINT_URL`, the profile's, or Amazon's."},
      {.key = "region",
       .help = "What requests are signed for. Without it: `AWS_REGION`, `AWS_DEFAULT_REGION`, the "
               "profile's, or `us-east-1`; put right if the store names another."},
      {.key = "profile",
       .help = "Whose credentials to use, of `~/.aws/credentials` and `~/.aws/config`. Without it: "
               "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`, or the profile `AWS_PROFILE`, or "
               "`default`."},
      {.key = "anonymous",
       .type = boolean,
       .fallback = false,
       .help = "Send no credentials, as public buckets allow."},
      {.key = "addressing",
       .fallback = "auto",
       .help = "Whether the bucket stands in the URL's path or before its host. `auto`: in the "
               "path with an endpoint of one's own.",
       .choices = {"auto", "path", "virtual"}},
      {.key = "list_version",
       .fallback = "auto",
       .help = "Which of S3's two ways to list: `v1` for old stores.",
       .choices = {"auto", "v1", "v2"}},
      {.key = "url_encoding",
       .type = boolean,
       .fallback = true,
       .help = "Ask for percent-encoded keys; `false` for a store that then repeats pages."},
      {.key = "ca_bundle",
       .help = "An absolute path: the certificates to trust, in PEM. Without it: `AWS_CA_BUNDLE`, "
               "or the system's."},
      {.key = "requester_pays",
       .type = boolean,
       .fallback = false,
       .help = "Agree to pay for requests, where the bucket wants it."},
  };
}

// How much the store is asked for.
std::vector<ParameterSpec> load_keys() {
  return {
      {.key = "max_connections",
       .type = integer,
       .fallback = 8,
       .help = "Requests at once, over all jobs of a run; fewer while the store asks for fewer.",
       .minimum = 1,
       .maximum = 256},
      {.key = "max_requests_per_second",
       .type = number,
       .fallback = 0,
       .help = "0 is no limit.",
       .minimum = 0},
      {.key = "max_bytes_per_second",
       .type = number,
       .fallback = 0,
       .help = "Of the store's answers; 0 is no limit.",
       .minimum = 0},
      {.key = "request_timeout",
       .type = duration,
       .fallback = "60s",
       .help = "How long an answer may make no headway before the request is made again.",
       .minimum = 1},
      {.key = "request_attempts",
       .type = integer,
       .fallback = 5,
       .help = "How often a request is made whose failures may go away by themselves.",
       .minimum = 1,
       .maximum = 100},
  };
}

// Of a listing made elsewhere.
std::vector<ParameterSpec> manifest_keys() {
  return {{.key = "format",
           .fallback = "auto",
           .help =
               "What kind of listing it is; `auto` looks at how it begins. `rclone` is any JSON "
               "array of objects.",
           .choices = {"auto", "csv", "jsonl", "rclone", "s3_inventory"}},
          {.key = "columns",
           .type = map,
           .help = "The names that `key`, `size`, `last_modified` and `etag` have in the listing, "
                   "where they have others than it knows."},
          {.key = "schema",
           .help = "The columns of a CSV without a header, such as `\"key, size, last_modified\"`, "
                   "or the `fileSchema` of an S3 Inventory's data file that stands alone.",
           .minimum = 1},
          {.key = "root",
           .help = "The folder that is the source's root, such as `trial/`: keys are told without "
                   "it, and those that do not begin with it are passed over."},
          {.key = "max_age",
           .type = duration,
           .help = "A listing that was made longer ago than this is refused; without it, none is.",
           .minimum = 1}};
}

bool is_in_store(std::string_view scheme) {
  return scheme == "s3" || scheme == "rclone";
}

} // namespace

Section source_section(std::string_view scheme) {
  const bool is_manifest = scheme == "manifest";
  if (!is_manifest && !is_in_store(scheme)) {
    return {"a local source", "An entry of `sources`", "", source_keys()};
  }
  Section section = is_manifest ? manifest_section() : store_section();
  const std::vector<ParameterSpec> keys = source_keys();
  section.keys.insert(section.keys.begin(), keys.begin(), keys.end());
  return section;
}

Section manifest_section() {
  return {"a manifest source", "An entry of `sources` that is a listing made elsewhere",
          "Besides those of every source. What makes such listings, and how they are read, stands "
          "below.",
          manifest_keys()};
}

Section store_section() {
  std::vector<ParameterSpec> keys = store_keys();
  std::vector<ParameterSpec> more = load_keys();
  std::move(more.begin(), more.end(), std::back_inserter(keys));
  return {"a source in an object store", "An entry of `sources` in an object store",
          "Besides those above. Credentials never stand in a job file: they are found where other "
          "tools for S3 look for them.",
          std::move(keys)};
}

std::vector<std::string> source_schemes() {
  return {"file", "manifest", "s3", "rclone"};
}

std::vector<ParameterSpec> csv_columns() {
  std::vector<ParameterSpec> columns;
  for (ParameterSpec& key : deployment_section().keys) {
    if (key.key == "project") {
      for (ParameterSpec& part : project_section().keys) {
        part.key.insert(0, "project_");
        columns.push_back(std::move(part));
      }
    } else {
      columns.push_back(std::move(key));
    }
  }
  return columns;
}

} // namespace nightshift
