#!/usr/bin/env bash
# What a careful shell script does: find into sqlite3, a merge in SQL, sessions by window functions.
#
#   find_sync.sh ROOT DATABASE import    only the rows, into a new table
#   find_sync.sh ROOT DATABASE sync      merged with what was there, then sessions and statistics
set -euo pipefail

root=$1
database=$2
listing() { find "$root" -type f -name '*.jpg' -printf '%P\t%s\t%T@\n'; }

if [ "$3" = import ]; then
  rm -f "$database"
  listing | sqlite3 "$database" 'PRAGMA journal_mode = OFF' 'PRAGMA synchronous = OFF' \
    'CREATE TABLE listed (path TEXT, size INTEGER, last_modified REAL)' \
    '.mode tabs' '.import /dev/stdin listed' >/dev/null
  exit
fi

listing | sqlite3 "$database" "
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS capture (
  path TEXT PRIMARY KEY, deployment TEXT, time INTEGER, size INTEGER, last_modified REAL
) WITHOUT ROWID;
CREATE TEMP TABLE listed (path TEXT, size INTEGER, last_modified REAL);" \
  '.mode tabs' '.import /dev/stdin listed' "
BEGIN;
WITH named AS (
  SELECT *, substr(path, instr(path, '/') + 12, 14) AS digits FROM listed
)
INSERT INTO capture
SELECT path, substr(path, 1, instr(path, '/') - 1),
       unixepoch(substr(digits, 1, 4) || '-' || substr(digits, 5, 2) || '-' || substr(digits, 7, 2)
                 || ' ' || substr(digits, 9, 2) || ':' || substr(digits, 11, 2) || ':'
                 || substr(digits, 13, 2)),
       size, last_modified
FROM named WHERE true
ON CONFLICT (path) DO UPDATE SET size = excluded.size, last_modified = excluded.last_modified
WHERE size <> excluded.size OR last_modified <> excluded.last_modified;
DELETE FROM capture WHERE path NOT IN (SELECT path FROM listed);
COMMIT;
DROP TABLE IF EXISTS session;
CREATE TABLE session AS
WITH follows AS (
  SELECT deployment, time, time - lag(time) OVER (PARTITION BY deployment ORDER BY time) AS gap
  FROM capture WHERE time IS NOT NULL
), numbered AS (
  SELECT deployment, time, sum(gap IS NULL OR gap >= 7200)
    OVER (PARTITION BY deployment ORDER BY time ROWS UNBOUNDED PRECEDING) AS number
  FROM follows
)
SELECT deployment, number, min(time) AS start, max(time) AS end, count(*) AS captures
FROM numbered GROUP BY deployment, number;
DROP TABLE IF EXISTS statistics;
CREATE TABLE statistics AS
SELECT deployment, count(*) AS captures, sum(size) AS bytes, min(time), max(time)
FROM capture GROUP BY deployment;
SELECT (SELECT sum(captures) FROM statistics), (SELECT count(*) FROM session);" | tail -1
