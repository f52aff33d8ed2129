# shellcheck shell=bash
# What the tests with real schedulers share. They run in namespaces of their own, as root, so that
# nothing of the machine is touched and nothing is left running, whatever becomes of them.

program=${1:?usage: $0 PROGRAM}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

fail() {
  echo "FAILED: $*" >&2
  exit 1
}

# enter_namespaces NAMESPACE_OPTION... : go on in a new process tree, mounts and what else is asked.
enter_namespaces() {
  if [ -n "${NIGHTSHIFT_TEST_INSIDE:-}" ]; then
    return
  fi
  if [ "${NIGHTSHIFT_TEST_WITHOUT_DAEMONS:-}" = 1 ]; then
    echo "not run: NIGHTSHIFT_TEST_WITHOUT_DAEMONS is 1"
    exit 77
  fi
  if ! unshare --mount --pid --fork --mount-proc "$@" true; then
    fail "this test needs root and the right to make namespaces; where a container gives neither," \
      "set NIGHTSHIFT_TEST_WITHOUT_DAEMONS=1 to leave it out"
  fi
  NIGHTSHIFT_TEST_INSIDE=1 exec unshare --mount --pid --fork --mount-proc --propagation private \
    --kill-child=KILL "$@" "$0" "$program"
}

# Whatever runs in our process tree may write to the site until it is dead.
remove_site() {
  while kill -KILL -1 2>/dev/null; do :; done
  rm -rf "$site"
}

# make_site : a folder with twenty captures, in $site, gone at the end.
make_site() {
  site=$(mktemp -d)
  trap remove_site EXIT
  chmod 755 "$site"
  mkdir -p "$site/captures/ridge"
  for minute in {10..29}; do
    echo "jpeg $minute" >"$site/captures/ridge/2024060122${minute}00-snapshot.jpg"
  done
}

# write_job_file NAME SUBDIR [LINE_OF_THE_JOB] : $site/NAME.yaml with its state in $site/NAME
write_job_file() {
  cat >"$site/$1.yaml" <<YAML
version: 1
state_dir: $1
sources:
  disk: {uri: "file://$site/captures"}
deployments:
  - {id: 1, name: Ridge, project: {id: 1, name: Moths}, source: disk, subdir: $2}
jobs:
  - name: "Sync $1"
    type: data_storage_sync
    deployment: 1
${3:+    $3}
YAML
}

# await TEXT FILE : return as soon as a line of the file, which grows, holds the text.
await() {
  timeout 60 grep -qm1 -e "$1" <(exec tail -n +1 -F "$2" 2>/dev/null) ||
    fail "no \"$1\" in $2: $(cat "$2")"
}

# expect_status NAME STATUS : of the first job recorded in $site/NAME
expect_status() {
  grep -q "\"status\": \"$2\"" "$site/$1/jobs/1/job.json" ||
    fail "job 1 of $1 is not $2: $(cat "$site/$1/jobs/1/job.json")"
}

expect_captures() {
  local count
  count=$(sqlite3 "$site/$1/catalogue.db" 'SELECT count(*) FROM captures')
  [ "$count" = "$2" ] || fail "the catalogue of $1 has $count captures, not $2"
}
