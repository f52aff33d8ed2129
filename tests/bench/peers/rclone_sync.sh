#!/usr/bin/env bash
# rclone's listing into sqlite3, merged with what was there; without sessions.
#
#   rclone_sync.sh ROOT DATABASE
set -euo pipefail

rclone lsf --recursive --files-only --include '*.jpg' --format pst --separator $'\t' "$1" \
  2>/dev/null | sqlite3 "$2" "
PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS capture (
  path TEXT PRIMARY KEY, size INTEGER, last_modified TEXT
) WITHOUT ROWID;
CREATE TEMP TABLE listed (path TEXT, size INTEGER, last_modified TEXT);" \
  '.mode tabs' '.import /dev/stdin listed' "
BEGIN;
INSERT INTO capture SELECT * FROM listed WHERE true
ON CONFLICT (path) DO UPDATE SET size = excluded.size, last_modified = excluded.last_modified
WHERE size <> excluded.size OR last_modified <> excluded.last_modified;
DELETE FROM capture WHERE path NOT IN (SELECT path FROM listed);
COMMIT;
SELECT count(*) FROM capture;" | tail -1
