"""Measures nightshift on object stores, beside peers that only list, and prints ratios.

    scripts/bench s3                               all parts, three rounds
    scripts/bench s3 --parts ceph --keys 10k --rounds 1 --peers rclone
    scripts/bench s3 --json FILE                   the figures as JSON

  ceph      100,000 keys in Ceph's gateway, which is started and filled for it: nightshift does the
            whole job, listing, catalogue and sessions; rclone, boto3, awscli and s3cmd list
  pages     1,000,000 and 3,000,000 keys that a page server computes: CPU and memory of nightshift
            alone, since the server is a process of its own, beside what SQLite takes for the rows
  latency   128,000 keys, 60 ms to a page: with one connection and with eight, of 32 folders and of
            one

Every round runs every program in turn; what is printed are medians, of ratios those of the rounds'
own. All programs must agree in the number of keys, or nothing is printed and the exit code is 1. A
floor that is not held is told, and is no failure: machines differ.
"""

import argparse
import contextlib
import json
import multiprocessing
import os
import pathlib
import shutil
import sqlite3
import statistics
import subprocess
import sys
import time

from harness import BUILD, ROOT, build, medians, must_agree, ratio, run_measured

sys.path.insert(0, str(ROOT / "tests/object_stores"))

import s3_client  # noqa: E402

PYTHON = ["/usr/bin/python3", "-B"]  # Debian's, which its packages are for
PEERS = ROOT / "tests/bench/peers"
TARGETS = ["nightshift", "data_storage_sync", "update_deployment_cache", "bench_measure",
           "bench_insert_only", "page_server"]
SIZES = {"1k": 1000, "10k": 10_000, "100k": 100_000}
BUCKET = "bench"
MIB = 1024  # KiB

JOB_FILE = """version: 1
sources:
  store: {{uri: "s3://{bucket}", endpoint_url: "{endpoint_url}", region: {region}{options}}}
deployments:
  - {{id: 1, name: All, project: {{id: 1, name: P}}, source: store}}
jobs:
  - {{name: Sync, type: data_storage_sync, for_each: deployments}}
"""


class Store:
    """Where keys are, and who to be there."""

    def __init__(self, facts):
        self.facts = facts
        self.endpoint_url, self.region = facts["endpoint_url"], facts["region"]
        self.host = self.endpoint_url.split("//")[1]
        # All there is: what else a person has in it, a proxy or other credentials, would play along.
        self.environment = {"PATH": os.environ["PATH"],
                            "AWS_ACCESS_KEY_ID": facts["access_key_id"],
                            "AWS_SECRET_ACCESS_KEY": facts["secret_access_key"],
                            "AWS_DEFAULT_REGION": self.region, "AWS_EC2_METADATA_DISABLED": "true"}


@contextlib.contextmanager
def companion(*words):
    """A program that lives as long as its input; its first line of output."""
    process = subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               text=True)
    try:
        yield process.stdout.readline()
    finally:
        process.stdin.close()
        process.wait()


@contextlib.contextmanager
def page_server(**options):
    words = [word for name, value in options.items() for word in (f"--{name}", str(value))]
    with companion(BUILD / "tests/page_server", *words) as port:
        yield Store({"endpoint_url": f"http://127.0.0.1:{int(port)}", "access_key_id": "any",
                     "secret_access_key": "any", "region": "us-east-1"})


# Nightshift, and the peers: each a command for a store and a folder of its own, and how many keys
# what it printed tells of.

def nightshift(store, place, options=""):
    (place / "job.yaml").write_text(JOB_FILE.format(
        bucket=BUCKET, endpoint_url=store.endpoint_url, region=store.region, options=options))
    return [BUILD / "bin/nightshift", "run", place / "job.yaml", "--state-dir", place / "state",
            "--quiet"]


def keys_of_nightshift(_, place):
    with sqlite3.connect(f"file:{place}/state/catalogue.db?mode=ro", uri=True) as catalogue:
        return catalogue.execute(
            "SELECT count(*) FROM captures WHERE state = 'present'").fetchone()[0]


def rclone(store, place):
    # Of a modification time it would ask each object by itself.
    (place / "rclone.conf").write_text(
        f"[store]\ntype = s3\nprovider = Ceph\nenv_auth = true\nendpoint = {store.endpoint_url}\n")
    return ["rclone", "--config", place / "rclone.conf", "lsjson", "-R", "--fast-list", "--hash",
            "--use-server-modtime", "--files-only", f"store:{BUCKET}"]


def boto3(store, _):
    return [*PYTHON, PEERS / "boto3_list.py", store.endpoint_url, BUCKET]


def awscli(store, _):
    return ["aws", "--endpoint-url", store.endpoint_url, "s3api", "list-objects-v2", "--bucket",
            BUCKET]


def s3cmd(store, place):
    (place / "s3cfg").write_text(
        f"[default]\nhost_base = {store.host}\nhost_bucket = {store.host}\nuse_https = False\n")
    return ["s3cmd", "--config", place / "s3cfg", "ls", "-r", f"s3://{BUCKET}"]


CONTENDERS = {
    "nightshift": (nightshift, keys_of_nightshift),
    "rclone": (rclone, lambda output, _: output.count(b'"Path":')),
    "boto3": (boto3, lambda output, _: int(output)),
    "awscli": (awscli, lambda output, _: output.count(b'"Key":')),
    "s3cmd": (s3cmd, lambda output, _: output.count(b"s3://")),
}


def measure(name, store, place, **more):
    """What one run took, into nothing."""
    command, count = CONTENDERS[name]
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    with open(place / "output", "w+b") as output:
        figures = run_measured(command(store, place, **more), output,
                               {**store.environment, "HOME": str(place)})
        output.seek(0)
        printed = output.read()
    if figures["exit_code"] != 0:
        sys.exit(f"scripts/bench: {name} ended with {figures['exit_code']}: {printed[-500:]}")
    figures["keys"] = count(printed, place)
    return figures


def run_rounds(contenders, rounds, expected):
    """Figures by name of `contenders`: functions that measure one run each, by name."""
    figures = {name: [] for name in contenders}
    for number in range(rounds):
        for name, run in contenders.items():
            figures[name].append(run())
        must_agree({"expected": expected,
                    **{name: runs[-1]["keys"] for name, runs in figures.items()}}, "keys")
        print(f"round {number + 1} of {rounds} done", file=sys.stderr)
    return figures


def floor(what, value, most=None, least=None):
    """A line of the table, with what it should hold."""
    holds = value <= most if most is not None else value >= least
    bound = f"at most {most}" if most is not None else f"at least {least}"
    print(f"  {what:<58}{value:>9.3f}   {bound}{'' if holds else '   NOT HELD'}")
    return {"what": what, "value": value, "bound": bound, "holds": holds}


# Part ceph

def bench_key(number):
    night, shot = divmod(number, 500)
    minute, second = divmod(shot * 20, 60)
    return (f"camera-{night % 20:02}/night-{night // 20:03}/"
            f"202406{1 + night // 20 % 28:02}{20 + minute // 60:02}{minute % 60:02}{second:02}-snapshot.jpg")


def put_some(facts, numbers):
    s3_client.Client(facts).put(BUCKET, ((bench_key(number), "sixteen bytes ..") for number in numbers))


def fill(store, keys):
    """How long it took to put so many objects of 16 bytes."""
    s3_client.Client(store.facts).create(BUCKET)
    began = time.monotonic()
    workers = [multiprocessing.Process(target=put_some, args=(store.facts, range(first, keys, 2)))
               for first in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    took = time.monotonic() - began
    print(f"put {keys:,} objects in {took:.0f} s, {keys / took:.0f} a second", file=sys.stderr)
    return took


def part_ceph(arguments, work):
    names = ["nightshift", *(name for name in CONTENDERS
                             if name != "nightshift" and name in arguments.peers)]
    keys = SIZES[arguments.keys]
    with companion(*PYTHON, ROOT / "tests/object_stores/ceph_server.py") as announced:
        store = Store(json.loads(announced))
        filled = fill(store, keys)
        figures = run_rounds(
            {name: lambda name=name: measure(name, store, work / name) for name in names},
            arguments.rounds, keys)
    print(f"\nceph: {keys:,} keys; nightshift does the whole job, the others list; medians of "
          f"{arguments.rounds} rounds\n{'':<12}{'nightshift ÷ it':>20}{'itself':>28}\n"
          f"{'':<12}{'cpu':>10}{'wall':>10}{'cpu s':>10}{'wall s':>10}{'peak MiB':>10}")
    result = {"keys": keys, "filled_in": filled, "programs": {}, "ratios": {}, "floors": []}
    for name, runs in figures.items():
        own = result["programs"][name] = medians(runs)
        shown = " " * 20
        if name != "nightshift":
            by = result["ratios"][name] = {what: ratio(figures["nightshift"], runs, what)
                                           for what in ("cpu", "wall")}
            shown = f"{by['cpu']:>10.3f}{by['wall']:>10.3f}"
        print(f"{name:<12}{shown}{own['cpu']:>10.2f}{own['wall']:>10.2f}"
              f"{own['peak_kib'] / MIB:>10.1f}")
    if "rclone" in figures:
        result["floors"] += [
            floor("wall of the job ÷ of rclone's listing", result["ratios"]["rclone"]["wall"], 0.6),
            floor("cpu of the job ÷ of rclone's listing", result["ratios"]["rclone"]["cpu"], 0.2)]
    result["floors"].append(
        floor("peak MiB", result["programs"]["nightshift"]["peak_kib"] / MIB, 64))
    return {**result, "runs": figures}


# Part pages

def job_on_pages(store, place):
    figures = measure("nightshift", store, place)
    report = next((place / "state/runs").glob("*/report.json"))
    stages = {stage["key"]: stage for stage in json.loads(report.read_text())["jobs"][0]["stages"]}
    figures["merged"] = stages["data_storage_sync"]["cpu_s"]
    return figures


def inserting_alone(keys, place):
    """What SQLite takes for as many rows, whoever finds them."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    printed = subprocess.run([BUILD / "tests/bench_insert_only", place / "catalogue.db", str(keys)],
                             check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    return {"keys": int(printed[0]), "cpu": float(printed[1])}


def part_pages(arguments, work):
    result = {"floors": []}
    print(f"\npages: medians of {arguments.rounds} rounds; cpu of a million keys: of the whole job, "
          f"listed and merged, and of\ntheir rows inserted with nothing else done\n"
          f"{'keys':>12}{'peak MiB':>10}{'job s':>10}{'merged s':>10}{'rows s':>10}"
          f"{'merged ÷ rows':>15}")
    for millions in (1, 3):
        keys = millions * 1_000_000
        with page_server(objects=keys, cameras=20, nights=10 * millions) as store:
            figures = run_rounds({"nightshift": lambda: job_on_pages(store, work / "pages"),
                                  "rows": lambda: inserting_alone(keys, work / "rows")},
                                 arguments.rounds, keys)
        own, rows = figures["nightshift"], figures["rows"]
        whole, merged, inserted = (statistics.median(run[what] for run in runs) / millions
                                   for runs, what in ((own, "cpu"), (own, "merged"), (rows, "cpu")))
        peak = medians(own)["peak_kib"] / MIB
        print(f"{keys:>12,}{peak:>10.1f}{whole:>10.3f}{merged:>10.3f}{inserted:>10.3f}"
              f"{merged / inserted:>15.3f}")
        result[str(keys)] = {**medians(own), "merged": merged * millions, "rows": inserted * millions,
                             "runs": figures}
        result["floors"] += [floor(f"cpu s of a million keys, of {millions} million", merged, 1.0),
                             floor(f"peak MiB, {millions} million", peak, 64)]
    return result


# Part latency

def part_latency(arguments, work):
    result = {"floors": []}
    keys = 128_000
    for name, cameras, least in (("32 folders", 32, 6), ("one folder", 1, 3)):
        with page_server(objects=keys, cameras=cameras, latency=60) as store:
            figures = run_rounds(
                {f"{count} connections": lambda count=count: measure(
                    "nightshift", store, work / "latency", options=f", max_connections: {count}")
                 for count in (1, 8)}, arguments.rounds, keys)
        one, eight = figures.values()
        print(f"\nlatency: {keys:,} keys in {name}, 60 ms to a page: {medians(one)['wall']:.2f} s with "
              f"one connection, {medians(eight)['wall']:.2f} s with eight")
        result["floors"].append(floor(f"{name}: times faster with eight", ratio(one, eight, "wall"),
                                      least=least))
        result[name] = figures
    return result


PARTS = {"ceph": part_ceph, "pages": part_pages, "latency": part_latency}


def main(words):
    parser = argparse.ArgumentParser(prog="scripts/bench s3", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--parts", default=",".join(PARTS), help="comma-separated (%(default)s)")
    parser.add_argument("--keys", choices=SIZES, default="100k", help="of part ceph")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", default=",".join(name for name in CONTENDERS if name != "nightshift"),
                        help="of part ceph, comma-separated (%(default)s)")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there as well")
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build/bench/s3",
                        help="where catalogues are made (%(default)s)")
    arguments = parser.parse_args(words)
    arguments.peers = arguments.peers.split(",")
    parts = arguments.parts.split(",")
    if unknown := (set(parts) - set(PARTS)) | (set(arguments.peers) - set(CONTENDERS)):
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    build(*TARGETS)
    result = {part: PARTS[part](arguments, arguments.place.resolve()) for part in parts}
    if arguments.json:
        arguments.json.write_text(json.dumps({"rounds": arguments.rounds, **result}, indent=2) + "\n")
