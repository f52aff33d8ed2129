"""Measures `nightshift serve` under load on loopback, and prints what it came to; nothing is asserted.

    scripts/bench serve                      a million captures, 10,000 jobs, 200 followers
    scripts/bench serve --captures 100000 --seconds 5

Four questions: how many records with 1,000 log lines a second, and how slowly at worst; how long a
page of a list of 10,000 jobs takes; what a sync loses while 200 follow it and a record is asked for
20 times a second; how much memory the server has in the end.
"""

import argparse
import http.client
import json
import pathlib
import re
import selectors
import shutil
import socket
import statistics
import subprocess
import tempfile
import threading
import time

from harness import BUILD, ROOT, build

PROGRAM = BUILD / "bin/nightshift"
TARGETS = ["nightshift", "data_storage_sync", "update_deployment_cache", "hello"]

JOB_FILE = """version: 1
state_dir: {site}/state
sources:
  disk: {{uri: "file://{site}/captures"}}
deployments:
  - {{id: 1, name: Ridge, project: {{id: 1, name: Moths}}, source: disk}}
jobs:
  - {{name: sync, type: data_storage_sync, deployment: 1}}
  - {{name: greet, type: hello}}
"""


class Server:
    """The program, serving a site."""

    def __init__(self, site):
        self.site = site
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--state-dir", site / "state", "--jobs-dir",
             site / "jobs"], stderr=subprocess.PIPE, text=True)
        self.url = re.search(r"http://\S+?(?=/)", self.process.stderr.readline()).group(0)
        self.port = int(self.url.rsplit(":", 1)[1])
        threading.Thread(target=self.process.stderr.read, daemon=True).start()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Content-Type": "application/json"} if body else {}
        connection.request(method, path, body=json.dumps(body) if body else None, headers=headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, text

    def resident_mib(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        peak, now = (int(re.search(rf"{name}:\s+(\d+)", status).group(1)) / 1024
                     for name in ("VmHWM", "VmRSS"))
        return peak, now

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Followers:
    """Connections that follow one job, on one thread."""

    def __init__(self, server, job, count):
        self.events = 0
        self.selector = selectors.DefaultSelector()
        self.stopped = False
        for _ in range(count):
            connection = socket.create_connection(("127.0.0.1", server.port))
            connection.sendall(f"GET /api/v2/jobs/{job}/events HTTP/1.1\r\n"
                               f"Host: localhost\r\n\r\n".encode())
            self.selector.register(connection, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while not self.stopped:
            for key, _ in self.selector.select(0.5):
                text = key.fileobj.recv(1 << 16)
                self.events += text.count(b"\nid: ")
                if not text:
                    self.selector.unregister(key.fileobj)

    def stop(self):
        self.stopped = True
        self.thread.join()


def wrk(server, path, seconds, connections):
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency",
                          f"{server.url}{path}"], check=True, capture_output=True, text=True).stdout
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))
    worst = re.search(r"99%\s+([\d.]+)(us|ms|s)", out)
    scale = {"us": 0.001, "ms": 1, "s": 1000}[worst.group(2)]
    bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return rate, float(worst.group(1)) * scale, int(bad.group(1)) if bad else 0


def run(site, *arguments):
    return subprocess.run([PROGRAM, *arguments, "--state-dir", site / "state"], check=True,
                          capture_output=True, text=True).stdout


def add_log_lines(site, job, lines):
    """As many log lines at the end of a job's journal, and the record made anew from that."""
    journal = site / "state/jobs" / str(job) / "events.jsonl"
    last = json.loads(journal.read_text().splitlines()[-1])
    with open(journal, "a", encoding="utf-8") as file:
        for number in range(lines):
            event = {**last, "seq": last["seq"] + 1 + number, "event": "log",
                     "msg": f"Processed {number * 1000} files of the night, as a log tells it"}
            event.pop("attrs", None)
            file.write(json.dumps(event, separators=(",", ":")) + "\n")
    run(site, "show", str(job), "--rebuild")


def copy_jobs(site, job, count):
    """So many jobs like this one, with numbers of their own."""
    jobs = site / "state/jobs"
    record = (jobs / str(job) / "job.json").read_text()
    journal = (jobs / str(job) / "events.jsonl").read_text()
    for number in range(1000, 1000 + count):
        folder = jobs / str(number)
        folder.mkdir()
        (folder / "job.json").write_text(
            record.replace(f'"id": {job},', f'"id": {number},', 1)
            .replace(f"/jobs/{job}/", f"/jobs/{number}/", 1))
        (folder / "events.jsonl").write_text(journal.replace(f'"job":{job},', f'"job":{number},'))


def new_sync(site):
    """The id of a job that syncs into nothing."""
    for file in site.glob("state/catalogue.db*"):
        shutil.rmtree(file) if file.is_dir() else file.unlink()
    made = run(site, "create", site / "jobs/jobs.yaml", "--only", "sync", "--json")
    return json.loads(made)["ids"][0]


def seconds_of(site, job):
    began = time.monotonic()
    run(site, "start", str(job), "--quiet")
    return time.monotonic() - began


def ask_steadily(server, job, times_a_second, stop, waits):
    while not stop.is_set():
        began = time.monotonic()
        server.ask("GET", f"/api/v2/jobs/{job}/")
        waits.append((time.monotonic() - began) * 1000)
        stop.wait(max(0.0, 1 / times_a_second - (time.monotonic() - began)))


def measure_sync_under_load(server, site, record, followers, rounds):
    """Syncs alone, and such as 200 follow from before they begin, in turn."""
    alone, watched, waits, events = [], [], [], 0
    for _ in range(rounds):
        alone.append(seconds_of(site, new_sync(site)))
        job = new_sync(site)
        crowd, stop = Followers(server, job, followers), threading.Event()
        steady = threading.Thread(target=ask_steadily, args=(server, record, 20, stop, waits))
        steady.start()
        watched.append(seconds_of(site, job))
        stop.set()
        steady.join()
        crowd.stop()
        events += crowd.events
    waits.sort()
    a, w = statistics.median(alone), statistics.median(watched)
    print(f"sync alone {a:.2f} s, with {followers} followers and 20 GET/s {w:.2f} s: "
          f"{a / w:.2f} of its speed; {events} events told; a record in {waits[len(waits) // 2]:.1f} "
          f"ms, at worst of 99 % {waits[int(len(waits) * 0.99)]:.1f} ms")


def main(words):
    parser = argparse.ArgumentParser(prog="scripts/bench serve", description=__doc__,
                                     formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--captures", type=int, default=1_000_000)
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--followers", type=int, default=200)
    parser.add_argument("--seconds", type=int, default=10, help="for each load")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args(words)
    build(*TARGETS)
    site = pathlib.Path(tempfile.mkdtemp(prefix="nightshift-bench-"))
    try:
        (site / "jobs").mkdir()
        (site / "jobs/jobs.yaml").write_text(JOB_FILE.format(site=site))
        nights = max(1, arguments.captures // 1000)
        subprocess.run([ROOT / "scripts/make_captures", site / "captures", "--deployments", "1",
                        "--nights", str(nights), "--captures", "1000", "--interval", "30"],
                       check=True, stdout=subprocess.DEVNULL)
        run(site, "run", site / "jobs/jobs.yaml", "--only", "greet", "--quiet")
        copy_jobs(site, 1, arguments.jobs)
        add_log_lines(site, 1, 1000)
        server = Server(site)
        try:
            rate, worst, bad = wrk(server, "/api/v2/jobs/1/", arguments.seconds, 8)
            size = len(server.ask("GET", "/api/v2/jobs/1/")[1])
            print(f"a record of {size / 1024:.0f} KiB: {rate:.0f} GET/s, 99 % within {worst:.1f} ms, "
                  f"{bad} refused")
            server.ask("GET", "/api/v2/jobs/")
            rate, worst, bad = wrk(server, "/api/v2/jobs/", arguments.seconds, 1)
            print(f"a page of {arguments.jobs} jobs: {1000 / rate:.1f} ms, 99 % within {worst:.1f} ms, "
                  f"{bad} refused")
            measure_sync_under_load(server, site, 1, arguments.followers, arguments.rounds)
            print("resident: {1:.0f} MiB, {0:.0f} at its height".format(*server.resident_mib()))
        finally:
            server.stop()
    finally:
        shutil.rmtree(site, ignore_errors=True)
