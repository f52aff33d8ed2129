#!/usr/bin/env python3
"""The reference platform's way, kindly: its steps in plain Python on SQLite, without an ORM between.

Walk, filter, find the time in the name, upsert in batches of 1,000; then, for each deployment, group
the captures by gaps of two hours, give each its session, and recompute the statistics.

    reference_sync.py ROOT DATABASE
"""

import datetime
import os
import re
import sqlite3
import sys

BATCH = 1000
GAP = datetime.timedelta(minutes=120)
TIME = re.compile(r"\d{14}")

SCHEMA = """
CREATE TABLE IF NOT EXISTS capture (
  id INTEGER PRIMARY KEY, deployment TEXT, path TEXT, timestamp TEXT, size INTEGER,
  last_modified TEXT, session_id INTEGER, UNIQUE (deployment, path));
CREATE INDEX IF NOT EXISTS capture_timestamp ON capture (deployment, timestamp);
CREATE TABLE IF NOT EXISTS session (
  id INTEGER PRIMARY KEY, deployment TEXT, start TEXT, end TEXT, captures INTEGER,
  UNIQUE (deployment, start));
CREATE TABLE IF NOT EXISTS statistics (
  deployment TEXT PRIMARY KEY, captures INTEGER, bytes INTEGER, first TEXT, last TEXT,
  sessions INTEGER);
"""

UPSERT = """
INSERT INTO capture (deployment, path, timestamp, size, last_modified) VALUES (?, ?, ?, ?, ?)
ON CONFLICT (deployment, path) DO UPDATE SET timestamp = excluded.timestamp, size = excluded.size,
  last_modified = excluded.last_modified
"""


def captures_under(root):
    folders = [root]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.lower().endswith(".jpg"):
                    yield entry


def row_of(entry, root):
    key = entry.path[len(root) + 1:]
    facts = entry.stat(follow_symlinks=False)
    found = TIME.search(entry.name)
    time = datetime.datetime.strptime(found.group(), "%Y%m%d%H%M%S") if found else None
    modified = datetime.datetime.utcfromtimestamp(facts.st_mtime)
    return (key.split("/", 1)[0], key, time and time.isoformat(" "), facts.st_size,
            modified.isoformat(" "))


def sync(database, root):
    rows = []
    for entry in captures_under(root):
        rows.append(row_of(entry, root))
        if len(rows) == BATCH:
            database.executemany(UPSERT, rows)
            database.commit()
            rows.clear()
    database.executemany(UPSERT, rows)
    database.commit()


def groups(times):
    group = []
    for time in times:
        if group and time - group[-1] >= GAP:
            yield group
            group = []
        group.append(time)
    if group:
        yield group


def regroup(database, deployment):
    database.execute("DELETE FROM session WHERE deployment = ?", (deployment,))
    times = [datetime.datetime.fromisoformat(time) for (time,) in database.execute(
        "SELECT DISTINCT timestamp FROM capture WHERE deployment = ? AND timestamp IS NOT NULL "
        "ORDER BY timestamp", (deployment,))]
    sessions = 0
    for group in groups(times):
        start, end = group[0].isoformat(" "), group[-1].isoformat(" ")
        session = database.execute("INSERT INTO session (deployment, start, end) VALUES (?, ?, ?)",
                                   (deployment, start, end)).lastrowid
        captures = database.execute(
            "UPDATE capture SET session_id = ? WHERE deployment = ? AND timestamp BETWEEN ? AND ?",
            (session, deployment, start, end)).rowcount
        database.execute("UPDATE session SET captures = ? WHERE id = ?", (captures, session))
        sessions += 1
    database.execute(
        "INSERT OR REPLACE INTO statistics SELECT deployment, count(*), sum(size), min(timestamp), "
        "max(timestamp), ? FROM capture WHERE deployment = ?", (sessions, deployment))
    database.commit()


def main():
    root, path = sys.argv[1:]
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")
    database.executescript(SCHEMA)
    sync(database, root)
    for (deployment,) in database.execute("SELECT DISTINCT deployment FROM capture").fetchall():
        regroup(database, deployment)
    captures, sessions = database.execute(
        "SELECT sum(captures), sum(sessions) FROM statistics").fetchone()
    print(f"{captures}|{sessions}")


if __name__ == "__main__":
    main()
