"""What the benchmarks share: how programs are built and measured, and what is made of the figures."""

import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BUILD = ROOT / "build/release"

# Of local captures: their numbers, and what measures them.
SIZES = {"10k": 10_000, "100k": 100_000, "1M": 1_000_000, "5M": 5_000_000}
TARGETS = ["nightshift", "data_storage_sync", "update_deployment_cache", "bench_measure",
           "bench_list_only"]

JOB_FILE = """version: 1
state_dir: {place}/state
catalogue: sqlite:{place}/catalogue.db
sources:
  disk: {{uri: "file://{tree}"}}
deployments:
{deployments}
jobs:
  - name: "Sync {{deployment.id}}"
    type: data_storage_sync
    for_each: deployments
    params: {{settled_after: 0s}}  # of --quick: captures are made and touched at once
"""


def write_job_file(place, tree, folders):
    """A job file in `place` with a deployment for each of the folders; "" is the tree itself."""
    deployments = "\n".join(
        f"  - {{id: {number}, name: {folder or 'all'}, project: {{id: 1, name: P}}, source: disk"
        f"{', subdir: ' + folder if folder else ''}}}"
        for number, folder in enumerate(folders, 1))
    (place / "job.yaml").write_text(JOB_FILE.format(place=place, tree=tree, deployments=deployments))


def make_tree(tree, captures, deployments, nights, tell=True):
    """Captures in a tree that is kept from call to call."""
    stamp = tree.parent / f"{tree.name}.made"
    if not stamp.exists():
        shutil.rmtree(tree, ignore_errors=True)
        if tell:
            print(f"making {captures:,} captures in {tree} ...", file=sys.stderr)
        subprocess.run([ROOT / "scripts/make_captures", tree, "--deployments", str(deployments),
                        "--nights", str(nights),
                        "--captures", str(captures // deployments // nights), "--interval", "1"],
                       check=True)
        stamp.touch()
    return tree


def touch_some(tree, share, number):
    """Makes such a share of the captures, the same ones for the same number, a second younger than
    they were; how many."""
    chosen = random.Random(number)
    touched = 0
    for folder, inner, names in os.walk(tree):
        inner.sort()
        for name in sorted(names):
            if chosen.random() < share:
                path = os.path.join(folder, name)
                os.utime(path, (os.stat(path).st_mtime + 1,) * 2)
                touched += 1
    return touched


def reported(place):
    """What the newest run of the job file in `place` counted."""
    newest = max((place / "state/runs").iterdir(), key=lambda run: run.name)
    return json.loads((newest / "report.json").read_text())["summary"]["counts"]


def build(*targets):
    subprocess.run([ROOT / "scripts/install_dependencies", "--bench"], check=True)
    for step in (["cmake", "--preset", "release"],
                 ["cmake", "--build", "--preset", "release", "--target", *targets]):
        subprocess.run(step, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def run_measured(words, output, environment=None):
    """What a command took, as the kernel says: wall, user, system, cpu (seconds), peak_kib,
    exit_code. What it prints goes to `output`, a file or subprocess.DEVNULL. `environment` is all of
    its environment, if given."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [BUILD / "tests/bench_measure", *map(str, words)], stdout=output,
        preexec_fn=lambda: os.dup2(write_end, 3), pass_fds=(3, write_end),
        env=environment)
    os.close(write_end)
    with os.fdopen(read_end) as figures_file:
        text = figures_file.read()
    process.wait()
    figures = json.loads(text) if text else {"exit_code": 127, "user": 0, "system": 0}
    figures["cpu"] = round(figures["user"] + figures["system"], 4)
    return figures


def medians(runs):
    return {what: statistics.median(run[what] for run in runs)
            for what in ("wall", "cpu", "peak_kib")}


def ratio(ours, theirs, what):
    """The median of the rounds' own ratios."""
    return round(statistics.median(our_run[what] / max(their_run[what], 1e-4)
                                   for our_run, their_run in zip(ours, theirs)), 3)


def must_agree(told, what):
    """Ends the benchmark if programs, by name, do not tell the same number."""
    if len(set(told.values())) > 1:
        sys.exit(f"scripts/bench: they do not agree in the number of {what}: {told}")
