-- The first schema. Tables (singular) are for the program and may change with any migration; views
-- (plural, at the end) are for people and stay as they are.
--
-- Keys are bytes, so paths and names are BLOBs. Where such bytes are not plain text (no valid
-- UTF-8, or with a backslash, which then begins an escape), their printable form is kept as well.
-- Times: a camera's wall clock in seconds since 1970-01-01T00:00:00 of that same clock, no zone.
-- last_modified: nanoseconds since 1970-01-01T00:00:00Z. Everything else: seconds, UTC.

CREATE TABLE project (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

CREATE TABLE deployment (
  id         INTEGER PRIMARY KEY,
  project_id INTEGER NOT NULL REFERENCES project (id),
  name       TEXT NOT NULL,
  source     TEXT NOT NULL,
  subdir     TEXT NOT NULL,
  regex      TEXT NOT NULL,
  time_zone  TEXT NOT NULL,
  latitude   REAL,
  longitude  REAL,
  -- The cached fields, as the last regroup left them.
  captures_count          INTEGER NOT NULL DEFAULT 0,
  events_count            INTEGER NOT NULL DEFAULT 0,
  first_capture_timestamp INTEGER,
  last_capture_timestamp  INTEGER,
  data_source_total_files INTEGER NOT NULL DEFAULT 0,
  data_source_total_size  INTEGER,
  missing_count           INTEGER NOT NULL DEFAULT 0,
  undated_count           INTEGER NOT NULL DEFAULT 0,
  duplicate_timestamps    INTEGER NOT NULL DEFAULT 0,
  -- When a listing was last merged to its end.
  data_source_last_checked INTEGER,
  -- The rule of the last regroup, in seconds. No gap: there was none. No session: no maximum.
  grouped_max_gap     INTEGER,
  grouped_max_session INTEGER
) STRICT;

CREATE TABLE folder (
  id            INTEGER PRIMARY KEY,
  deployment_id INTEGER NOT NULL REFERENCES deployment (id),
  path          BLOB NOT NULL, -- '' or ends with '/'
  path_text     TEXT,          -- if the path is not plain text
  -- Of the objects it was last merged with, as two's complement. Null: merge it again.
  fingerprint_low  INTEGER,
  fingerprint_high INTEGER,
  rules_hash       INTEGER NOT NULL,
  -- What its captures add up to: the present ones, but for `missing`.
  captures   INTEGER NOT NULL,
  bytes      INTEGER NOT NULL,
  undated    INTEGER NOT NULL,
  missing    INTEGER NOT NULL,
  first_time INTEGER,
  last_time  INTEGER,
  fragment_gap INTEGER NOT NULL, -- seconds: the gap its fragments were split at
  UNIQUE (deployment_id, path)
) STRICT;

-- One row an object. Without rowid and with short rows: there are millions. No REFERENCES here and
-- below: they would be looked up for each row.
CREATE TABLE capture (
  folder_id          INTEGER NOT NULL,
  name               BLOB NOT NULL,
  time               INTEGER,          -- null: undated
  time_source        INTEGER NOT NULL, -- see time_source
  size               INTEGER NOT NULL,
  last_modified      INTEGER NOT NULL,
  checksum           BLOB,
  checksum_algorithm INTEGER,          -- 1: 16 bytes of MD5; 2: some other etag, as text
  missing_since      INTEGER,          -- null: present
  PRIMARY KEY (folder_id, name)
) STRICT, WITHOUT ROWID;

-- The printable form of the names that are not plain text.
CREATE TABLE capture_text (
  folder_id INTEGER NOT NULL,
  name      BLOB NOT NULL,
  text      TEXT NOT NULL,
  PRIMARY KEY (folder_id, name)
) STRICT, WITHOUT ROWID;

-- What plugins found out about a capture.
CREATE TABLE capture_result (
  folder_id INTEGER NOT NULL,
  name      BLOB NOT NULL,
  plugin    TEXT NOT NULL,
  json      TEXT NOT NULL,
  PRIMARY KEY (folder_id, name, plugin)
) STRICT, WITHOUT ROWID;

-- The present, dated captures of a folder, split at gaps. Both ends belong to it.
CREATE TABLE fragment (
  folder_id       INTEGER NOT NULL,
  start_time      INTEGER NOT NULL,
  end_time        INTEGER NOT NULL,
  captures        INTEGER NOT NULL,
  duplicate_times INTEGER NOT NULL,
  deployment_id   INTEGER NOT NULL,
  PRIMARY KEY (folder_id, start_time)
) STRICT, WITHOUT ROWID;

CREATE INDEX fragment_by_time ON fragment (deployment_id, start_time, end_time);

-- The sessions of a deployment: they never overlap. An id is never used again.
CREATE TABLE session (
  id              INTEGER PRIMARY KEY AUTOINCREMENT,
  deployment_id   INTEGER NOT NULL REFERENCES deployment (id),
  start_time      INTEGER NOT NULL,
  end_time        INTEGER NOT NULL,
  captures        INTEGER NOT NULL,
  duplicate_times INTEGER NOT NULL,
  UNIQUE (deployment_id, start_time)
) STRICT;

-- Folders whose captures changed since the last regroup, written in the transaction that changed
-- them. The times of all that came, went or moved lie from start to end; both are null if only
-- undated captures, sizes and the like did.
CREATE TABLE dirty (
  deployment_id INTEGER NOT NULL,
  folder_id     INTEGER NOT NULL,
  start_time    INTEGER,
  end_time      INTEGER,
  PRIMARY KEY (deployment_id, folder_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE time_source (
  id   INTEGER PRIMARY KEY,
  name TEXT NOT NULL
) STRICT;

INSERT INTO time_source (id, name) VALUES
  (1, 'digits_14'), (2, 'digits_8_6'), (3, 'separated'), (4, 'digits_12_yy'), (5, 'iso'),
  (6, 'digits_12_yyyy'),
  (64, 'none'), (65, 'invalid'), (66, 'date_only'), (67, 'partial'), (68, 'ambiguous'),
  (69, 'zone'), (70, 'wording');

CREATE VIEW deployments AS
SELECT id, project_id, name, source, subdir, regex, time_zone, latitude, longitude,
       captures_count, events_count,
       strftime('%Y-%m-%dT%H:%M:%S', first_capture_timestamp, 'unixepoch')
         AS first_capture_timestamp,
       strftime('%Y-%m-%dT%H:%M:%S', last_capture_timestamp, 'unixepoch') AS last_capture_timestamp,
       data_source_total_files, data_source_total_size,
       missing_count, undated_count, duplicate_timestamps,
       strftime('%Y-%m-%dT%H:%M:%SZ', data_source_last_checked, 'unixepoch')
         AS data_source_last_checked
FROM deployment
ORDER BY id;

-- The night is the date of the evening: twelve hours before the start.
CREATE VIEW sessions AS
SELECT id, deployment_id,
       strftime('%Y-%m-%d', start_time - 43200, 'unixepoch') AS night,
       strftime('%Y-%m-%dT%H:%M:%S', start_time, 'unixepoch') AS "start",
       strftime('%Y-%m-%dT%H:%M:%S', end_time, 'unixepoch') AS "end",
       captures AS captures_count
FROM session
ORDER BY deployment_id, start_time;

-- CROSS JOIN, which in SQLite is a join in the order written: the rows then come in this order
-- without being sorted.
CREATE VIEW captures AS
SELECT d.project_id AS project_id,
       d.id AS deployment_id,
       coalesce(f.path_text, CAST(f.path AS TEXT)) ||
         coalesce((SELECT t.text FROM capture_text t
                   WHERE t.folder_id = c.folder_id AND t.name = c.name), CAST(c.name AS TEXT))
         AS path,
       strftime('%Y-%m-%dT%H:%M:%S', c.time, 'unixepoch') AS timestamp,
       c.size AS size,
       -- Whole seconds, rounded down before 1970 as well.
       strftime('%Y-%m-%dT%H:%M:%SZ',
                c.last_modified / 1000000000 - (c.last_modified % 1000000000 < 0), 'unixepoch')
         AS last_modified,
       CASE c.checksum_algorithm WHEN 1 THEN lower(hex(c.checksum))
                                 WHEN 2 THEN CAST(c.checksum AS TEXT) END AS checksum,
       CASE c.checksum_algorithm WHEN 1 THEN 'md5' WHEN 2 THEN 'etag' END AS checksum_algorithm,
       iif(c.missing_since IS NULL, 'present', 'missing') AS state,
       CASE WHEN c.missing_since IS NULL THEN
         (SELECT iif(s.end_time >= c.time, s.id, NULL) FROM session s
          WHERE s.deployment_id = d.id AND s.start_time <= c.time
          ORDER BY s.start_time DESC LIMIT 1)
       END AS session_id
FROM deployment d
  CROSS JOIN folder f ON f.deployment_id = d.id
  CROSS JOIN capture c ON c.folder_id = f.id
ORDER BY d.id, f.path, c.name;

CREATE VIEW undated AS
SELECT d.id AS deployment_id,
       coalesce(f.path_text, CAST(f.path AS TEXT)) ||
         coalesce((SELECT t.text FROM capture_text t
                   WHERE t.folder_id = c.folder_id AND t.name = c.name), CAST(c.name AS TEXT))
         AS path,
       (SELECT s.name FROM time_source s WHERE s.id = c.time_source) AS reason
FROM deployment d
  CROSS JOIN folder f ON f.deployment_id = d.id AND f.undated > 0
  CROSS JOIN capture c ON c.folder_id = f.id
WHERE c.time IS NULL AND c.missing_since IS NULL
ORDER BY d.id, f.path, c.name;
