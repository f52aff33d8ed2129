-- Shorter rows: last_modified takes four bytes instead of eight where it is in whole seconds, as
-- object stores and memory cards have it, and a checksum's type says its algorithm.

DROP VIEW captures;
DROP VIEW undated;

CREATE TABLE shorter (
  folder_id     INTEGER NOT NULL,
  name          BLOB NOT NULL,
  time          INTEGER,          -- null: undated
  time_source   INTEGER NOT NULL, -- see time_source
  size          INTEGER NOT NULL,
  -- Since 1970-01-01T00:00:00Z. An integer: seconds if between -2^33 and 2^33, else nanoseconds; a
  -- real number: so few nanoseconds that they would be taken for seconds.
  last_modified ANY NOT NULL,
  checksum      ANY,              -- a blob: 16 bytes of MD5; a text: some other etag
  missing_since INTEGER,          -- null: present
  PRIMARY KEY (folder_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO shorter
SELECT folder_id, name, time, time_source, size,
       CASE WHEN last_modified % 1000000000 = 0
              AND last_modified / 1000000000 BETWEEN -8589934591 AND 8589934591
            THEN last_modified / 1000000000
            WHEN last_modified BETWEEN -8589934591 AND 8589934591
            THEN CAST(last_modified AS REAL)
            ELSE last_modified END,
       iif(checksum_algorithm = 2, CAST(checksum AS TEXT), checksum),
       missing_since
FROM capture
ORDER BY folder_id, name;

DROP TABLE capture;
ALTER TABLE shorter RENAME TO capture;

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
                CASE WHEN typeof(c.last_modified) = 'real'
                     THEN CAST(c.last_modified AS INTEGER) / 1000000000 - (c.last_modified < 0)
                     WHEN c.last_modified BETWEEN -8589934591 AND 8589934591
                     THEN c.last_modified
                     ELSE c.last_modified / 1000000000 - (c.last_modified % 1000000000 < 0) END,
                'unixepoch')
         AS last_modified,
       CASE typeof(c.checksum) WHEN 'blob' THEN lower(hex(c.checksum))
                               WHEN 'text' THEN c.checksum END AS checksum,
       CASE typeof(c.checksum) WHEN 'blob' THEN 'md5' WHEN 'text' THEN 'etag' END
         AS checksum_algorithm,
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
